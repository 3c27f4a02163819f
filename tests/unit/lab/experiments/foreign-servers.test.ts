import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foreignServers } from '../../../../lab/experiments/foreign-servers';
import type { Call } from '../../../../lab/records/call';
import type { RunEvent } from '../../../../lab/records/event';
import { at } from '../../../support/synthetic-run';
import { fakeRun } from './fake-system';
import { assertFails, changed, LOST, runOf, steadyCalls, withOneLost } from './judged-runs';

const SIZES = foreignServers.sizes.quick;
const NAMES = ['grpc-go', 'grpcio'];
/** Of each part: 30 s of quiet streams, 40 s of a roll, 20 s of kills. */
const PART_S = 100;
const podsOf = (part: number) => [1, 2, 3].map((n) => `grpc-server-${part * 3 + n + 3}`);

const EVENTS: readonly RunEvent[] = [
  ...[1, 2, 3].map((n) => at(-2, { kind: 'pod-ready', subject: `grpc-server-${n}` })),
  ...NAMES.flatMap((name, part) => {
    const s = part * PART_S;
    return [
      at(s, { kind: 'phase', subject: `change-${name}` }),
      at(s + 1, { kind: 'phase', subject: `quiet-${name}` }),
      at(s + 35, { kind: 'phase', subject: `leave-${name}` }),
      at(s + 36, { kind: 'roll-start', subject: 'grpc-server' }),
      at(s + 70, { kind: 'roll-done', subject: 'grpc-server' }),
      at(s + 75, { kind: 'phase', subject: `die-${name}` }),
      ...[80, 90].map((more) =>
        at(s + more, { kind: 'signal', subject: podsOf(part)[0] ?? '', detail: { signal: 'SIGKILL' } }),
      ),
    ] as RunEvent[];
  }),
];
const CALLS = NAMES.flatMap((name, part) => {
  const s = part * PART_S;
  const pods = podsOf(part);
  const rate = SIZES.ratePerSecond;
  const words = steadyCalls({ load: `streams-${name}`, fromS: s + 2, toS: s + 32, rate: SIZES.streams / 10, pods });
  return [
    ...words.map((call, index) => ({ ...call, stream: (index % SIZES.streams) + 1, opening: 1 })),
    ...steadyCalls({ load: `steady-${name}`, fromS: s + 33, toS: s + 98, rate, pods, latencyMs: SIZES.workMs }),
  ];
});

const judged = (calls: readonly Call[] = CALLS, events: readonly RunEvent[] = EVENTS) =>
  runOf(foreignServers, SIZES, { calls, events });

describe('foreign-servers', () => {
  it('passes when nothing is lost', () => assertFails(foreignServers, judged(), []));

  it('fails when a call is lost while servers leave or die', () => {
    assertFails(foreignServers, judged(withOneLost(CALLS, 'steady-grpc-go', 50)), ['failed-leave']);
    assertFails(foreignServers, judged(withOneLost(CALLS, 'steady-grpcio', 185)), ['failed-die']);
  });

  it('fails when a quiet stream breaks, or a word on it is lost', () => {
    assertFails(foreignServers, judged(withOneLost(CALLS, 'streams-grpcio', 110)), ['failed-quiet']);
    const again = changed(CALLS, [20, 22], ({ load }) => (load === 'streams-grpc-go' ? { opening: 2 } : {}));
    assertFails(foreignServers, judged(again), ['openings']);
    const both = changed(CALLS, [20, 22], ({ load }) => (load === 'streams-grpc-go' ? { ...LOST, opening: 2 } : {}));
    assertFails(foreignServers, judged(both), ['failed-quiet', 'openings']);
  });

  it('fails when a server of this project answered', () => {
    const own = changed(CALLS, [50, 51], () => ({ pod: 'grpc-server-2' }));
    assertFails(foreignServers, judged(own), ['servers']);
  });

  it('fails when fewer kills were seen than there are to be', () => {
    const fewer = EVENTS.filter(({ kind }) => kind !== 'signal');
    assertFails(foreignServers, judged(CALLS, fewer), ['in-flight', 'load-overlaps']);
  });

  it('tries servers of each language in turn', async () => {
    const { system, recorder, context, log, loads } = fakeRun();
    await foreignServers.run(system, recorder, SIZES, context);
    assert.deepEqual(
      log.filter((line) => line.startsWith('serve by')),
      NAMES.map((name) => `serve by ${name} {"WORK_MS":"${SIZES.workMs}"}`),
    );
    assert.deepEqual(
      loads.map(({ name }) => name),
      NAMES.flatMap((name) => [`streams-${name}`, `steady-${name}`]),
    );
    assert.equal(log.filter((line) => line.startsWith('crash')).length, NAMES.length * SIZES.kills);
  });
});
