import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { LaneTotals } from '../../../../local/page/lane';
import { createOutcomes, type Outcomes } from '../../../../local/page/outcomes';

describe('createOutcomes()', () => {
  let nowMs: number;
  let totals: LaneTotals;
  let outcomes: Outcomes;
  const results = () => outcomes.all().map(({ result }) => result);
  const pass = (ms: number) => {
    nowMs += ms;
    outcomes.check();
  };

  beforeEach(() => {
    nowMs = 1000;
    totals = { sent: 10, answered: 10, lost: 0, askedTwice: 2, neverSent: 0 };
    outcomes = createOutcomes({ now: () => nowMs, totals: () => totals });
  });

  it('tells what came of it once that is over and its calls have ended', () => {
    let words: string | undefined;
    outcomes.begin({ text: 'grpc-server-1 killed', look: () => words });
    pass(500);
    assert.deepEqual(results(), [undefined]);
    words = 'its replacement has calls';
    pass(500);
    assert.deepEqual(results(), [undefined]);
    totals = { ...totals, sent: 100, answered: 99, lost: 1, askedTwice: 16 };
    pass(1000);
    assert.deepEqual(results(), ['its replacement has calls; 14 calls asked again, 1 lost']);
  });

  it('says when several things were done at once', () => {
    outcomes.begin({ text: 'one', look: () => 'done' });
    outcomes.begin({ text: 'two', look: () => 'done too' });
    pass(0);
    pass(1000);
    assert.match(results()[0] ?? '', /^done; .*together with what else was done meanwhile$/);
    assert.match(results()[1] ?? '', /together/);
    outcomes.begin({ text: 'three', look: () => 'alone' });
    pass(0);
    pass(1000);
    assert.doesNotMatch(results()[2] ?? '', /together/);
  });

  it('says that it failed, or that it did not end', () => {
    outcomes.fail(outcomes.begin({ text: 'slow', look: () => undefined }), 'no answer');
    outcomes.begin({ text: 'roll', look: () => undefined });
    pass(91_000);
    assert.deepEqual(results(), ['failed: no answer', 'not over after 90 s; 0 calls asked again, 0 lost']);
  });
});
