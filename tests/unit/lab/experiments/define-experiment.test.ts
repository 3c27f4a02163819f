// What every experiment is made with: facts read once, and claims that stand as they were written down before the run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Experiment } from '../../../../lab/experiment';
import { defineExperiment } from '../../../../lab/experiments/define-experiment';
import type { MeasuredClaim } from '../../../../lab/records/claim';
import type { RunData } from '../../../../lab/records/run-data';
import { runOf, steadyCalls } from './judged-runs';

type Sizes = { readonly least: number };
type Facts = { readonly count: number };

const CALLS = steadyCalls({ load: 'steady', fromS: 0, toS: 1, rate: 50 });

const enough = (least: number): MeasuredClaim<Facts> => ({
  id: 'enough',
  text: 'There are enough calls.',
  threshold: { atLeast: least },
  unit: 'calls',
  measure: ({ count }) => ({ value: count, detail: `at least ${least}` }),
});
const few: MeasuredClaim<Facts> = {
  id: 'few',
  text: 'There are not too many.',
  threshold: { atMost: 100 },
  unit: 'calls',
  measure: ({ count }) => ({ value: count }),
};

interface Defined {
  readonly experiment: Experiment<Sizes>;
  /** How often a run was read. */
  readonly reads: () => number;
}

function define(claims: (least: number, backend: string) => readonly MeasuredClaim<Facts>[]): Defined {
  let reads = 0;
  const experiment = defineExperiment<Sizes, Facts>({
    name: 'counting',
    question: 'Are there enough calls?',
    hypothesis: 'There are.',
    backends: ['local', 'cluster'],
    sizes: { full: { least: 40 }, quick: { least: 4 } },
    read: ({ calls }) => {
      reads += 1;
      return { count: calls.length };
    },
    claims: ({ least }, backend) => claims(least, backend),
    expectedMs: () => 1000,
    run: () => Promise.reject(new Error('this experiment has no steps')),
    figures: () => [],
    mutations: [],
  });
  return { experiment, reads: () => reads };
}

const both = define((least) => [enough(least), few]);
const run = (sizes: Sizes = { least: 40 }): RunData<Sizes> =>
  runOf(both.experiment, sizes, { calls: CALLS, events: [] });
const withClaims = (data: RunData<Sizes>, claims: RunData['params']['claims']): RunData<Sizes> => ({
  ...data,
  params: { ...data.params, claims },
});

describe('defineExperiment()', () => {
  it('gives claims that say nothing of their measure, so that a file holds all of them', () => {
    const claims = both.experiment.claims({ least: 40 }, 'local');
    assert.deepEqual(claims, [
      { id: 'enough', text: 'There are enough calls.', threshold: { atLeast: 40 }, unit: 'calls' },
      { id: 'few', text: 'There are not too many.', threshold: { atMost: 100 }, unit: 'calls' },
    ]);
    assert.deepEqual(JSON.parse(JSON.stringify(claims)), claims);
  });

  it('reads the facts once for all claims, and judges these in their order', () => {
    const { experiment, reads } = define((least) => [enough(least), few]);
    const results = experiment.evaluate(run());
    assert.deepEqual(
      results.map(({ id, measured, detail, pass }) => [id, measured, detail, pass]),
      [
        ['enough', 50, 'at least 40', true],
        ['few', 50, undefined, true],
      ],
    );
    assert.equal(reads(), 1);
  });

  it('judges by the threshold and text that were stored, not by those of today', () => {
    const stored = run();
    const stricter = define((least) => [enough(2 * least), few]).experiment;
    assert.deepEqual(
      stricter.evaluate(stored).map(({ threshold, text, pass }) => [threshold, text, pass]),
      [
        [{ atLeast: 40 }, 'There are enough calls.', true],
        [{ atMost: 100 }, 'There are not too many.', true],
      ],
    );
    const [first, ...others] = stored.params.claims;
    assert.ok(first);
    const older = withClaims(stored, [{ ...first, text: 'It once said this.', threshold: { atLeast: 60 } }, ...others]);
    const [result] = both.experiment.evaluate(older);
    assert.deepEqual([result?.text, result?.threshold, result?.pass], ['It once said this.', { atLeast: 60 }, false]);
  });

  it('measures for the sizes and the backend of the run, whatever the sizes are now', () => {
    const { experiment } = define((least, backend) => (backend === 'local' ? [enough(least)] : [enough(least), few]));
    const calls = { calls: CALLS, events: [] };
    const onCluster = runOf(experiment, { least: 7 }, calls, 'cluster');
    assert.deepEqual(
      experiment.evaluate(onCluster).map(({ id, detail }) => [id, detail]),
      [
        ['enough', 'at least 7'],
        ['few', undefined],
      ],
    );
    assert.deepEqual(
      experiment.evaluate(runOf(experiment, { least: 7 }, calls, 'local')).map(({ id }) => id),
      ['enough'],
    );
  });

  it('refuses a stored claim that has no measure now', () => {
    const { experiment } = define((least) => [enough(least)]);
    assert.throws(() => experiment.evaluate(run()), {
      message: 'cannot judge: without measurement "few", without claim ""',
    });
  });

  it('says nothing of a claim that came after the run, since nothing was promised before it', () => {
    const stored = run();
    const older = withClaims(stored, stored.params.claims.slice(0, 1));
    assert.deepEqual(
      both.experiment.evaluate(older).map(({ id, pass }) => [id, pass]),
      [['enough', true]],
    );
  });

  it('does not compile where a claim has no measure', () => {
    const { measure, ...claim } = few;
    // @ts-expect-error: `tsc` must refuse what lacks a measure, and says so here if it no longer does.
    const unmeasured: readonly MeasuredClaim<Facts>[] = [claim];
    assert.deepEqual(Object.keys(unmeasured[0] ?? {}), ['id', 'text', 'threshold', 'unit']);
    assert.deepEqual(measure({ count: 3 }), { value: 3 });
  });
});
