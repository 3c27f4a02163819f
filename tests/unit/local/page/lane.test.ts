import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LedgerLine } from '../../../../client/outcome';
import { Lane, SLOT_MS, WINDOW_MS } from '../../../../local/page/lane';

const START = 1_000_000 * SLOT_MS;
const line = (endMs: number, more: Partial<LedgerLine> = {}): LedgerLine => ({
  seq: 1,
  intendedMs: endMs - 2,
  sentMs: endMs - 2,
  latencyMs: 2,
  code: 'OK',
  pod: 'grpc-server-1',
  via: 'envoy-1',
  attempts: 1,
  ...more,
});

describe('Lane', () => {
  it('counts every call once: what was sent is answered or lost', () => {
    const lane = new Lane();
    for (let n = 0; n < 100; n++) {
      const isLost = n % 10 === 0;
      lane.record(
        line(START + n * 20, { ...(isLost && { code: 'UNAVAILABLE', pod: '' }), attempts: n % 25 === 0 ? 2 : 1 }),
      );
    }
    lane.record(line(START, { neverSent: 3 }));
    const { sent, answered, lost, askedTwice, neverSent } = lane.totals;
    assert.deepEqual([sent, answered, lost, askedTwice, neverSent], [101, 91, 10, 4, 3]);
    const slots = lane.slots();
    const sum = (of: (slot: (typeof slots)[number]) => number) => slots.reduce((all, slot) => all + of(slot), 0);
    const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, n) => all + n, 0);
    assert.equal(
      sum(({ pods, lost: gone }) => total(pods) + gone),
      sent,
    );
    assert.equal(
      sum(({ envoys }) => total(envoys)),
      answered,
    );
  });

  it('puts a call into the slot of its end, and says which slots have changed', () => {
    const lane = new Lane();
    lane.record(line(START + 10));
    lane.record(line(START + SLOT_MS + 10));
    assert.deepEqual(
      lane.changedSlots().map(({ at }) => at * SLOT_MS),
      [START, START + SLOT_MS],
    );
    lane.record(line(START + 20));
    assert.deepEqual(
      lane.changedSlots().map(({ at, pods }) => [at * SLOT_MS, pods['grpc-server-1']]),
      [[START, 2]],
    );
    assert.deepEqual(lane.changedSlots(), []);
  });

  it('gives rates, shares and percentiles of the last seconds that are over', () => {
    const lane = new Lane();
    for (let n = 0; n < 1000; n++) {
      lane.record(
        line(START + n * 10, { pod: `grpc-server-${n % 4 === 0 ? 1 : 2}`, latencyMs: n % 100 === 0 ? 50 : 2 }),
      );
    }
    const use = lane.recentUse(['grpc-server-1', 'grpc-server-2', 'grpc-server-3'], 'pods', START + 10_000);
    assert.deepEqual(use.get('grpc-server-1'), { perSecond: 25, share: 0.25, p50: 2, p99: 50 });
    assert.equal(use.get('grpc-server-2')?.share, 0.75);
    assert.deepEqual(use.get('grpc-server-3'), { perSecond: 0, share: 0, p50: undefined, p99: undefined });
  });

  it('keeps a minute and forgets the rest, but not the totals', () => {
    const lane = new Lane();
    for (let second = 0; second < 600; second++) {
      lane.record(line(START + second * 1000));
      lane.forget(START + second * 1000);
    }
    assert.ok(lane.slots().length <= WINDOW_MS / 1000 + 2, String(lane.slots().length));
    assert.equal(lane.totals.sent, 600);
  });
});
