// Synthetic runs for the experiments' evaluation: what a test needs to say which claims fail, and to break a good run.
import assert from 'node:assert/strict';
import type { Experiment } from '../../../../lab/experiment';
import { bySending, type Call } from '../../../../lab/records/call';
import type { RunEvent } from '../../../../lab/records/event';
import type { Backend, Sizes } from '../../../../lab/records/params';
import type { RunData } from '../../../../lab/records/run-data';
import { syntheticParams } from '../../../support/synthetic-params';
import { START_MS } from '../../../support/synthetic-run';

export function runOf<S extends Sizes>(
  experiment: Experiment<S>,
  sizes: S,
  data: { readonly calls: readonly Call[]; readonly events: readonly RunEvent[] },
  backend: Backend = 'local',
): RunData<S> {
  return {
    params: syntheticParams(experiment, sizes, { backend }),
    calls: [...data.calls].sort(bySending),
    events: [...data.events].sort((left, right) => left.atMs - right.atMs),
  };
}

/** Exactly these claims fail, and every figure can be made of the same data. Calls may come in any order. */
export function assertFails<S extends Sizes>(
  experiment: Experiment<S>,
  data: RunData<S>,
  ids: readonly string[],
): void {
  const run = { ...data, calls: [...data.calls].sort(bySending) };
  const results = experiment.evaluate(run);
  const failing = results.filter(({ pass }) => !pass);
  const text = failing.map(({ id, measured, detail }) => `${id}: ${measured} (${detail ?? ''})`).join('; ');
  assert.deepEqual(failing.map(({ id }) => id).sort(), [...ids].sort(), text);
  const figures = experiment.figures(run).map(({ id }) => id);
  assert.equal(new Set(figures).size, figures.length);
}

/** One call per `1 / rate` s, answered by the pods and Envoys in turn. */
export interface Steady {
  readonly load: string;
  readonly fromS: number;
  readonly toS: number;
  readonly rate: number;
  readonly pods?: readonly string[];
  readonly latencyMs?: number;
  readonly attempts?: number;
}

export const SERVERS = ['grpc-server-1', 'grpc-server-2', 'grpc-server-3'];
export const ENVOYS = ['envoy-1', 'envoy-2'];

export function steadyCalls(steady: Steady): Call[] {
  const { load, fromS, toS, rate, pods = SERVERS, latencyMs = 2, attempts = 1 } = steady;
  return Array.from({ length: Math.round((toS - fromS) * rate) }, (_, index) => {
    const sentMs = START_MS + (fromS + index / rate) * 1000;
    const pod = pods[index % pods.length] as string;
    const via = ENVOYS[index % ENVOYS.length] as string;
    return { load, seq: index + 1, intendedMs: sentMs, sentMs, latencyMs, code: 'OK', pod, via, attempts };
  });
}

/** The same calls with those sent within `[fromS, toS)` changed, or left out where `change` gives undefined. */
export function changed(
  calls: readonly Call[],
  [fromS, toS]: readonly [number, number],
  change: (call: Call) => Partial<Call> | undefined,
): Call[] {
  return calls.flatMap((call) => {
    const s = (call.sentMs - START_MS) / 1000;
    if (s < fromS || s >= toS) return [call];
    const more = change(call);
    return more === undefined ? [] : [{ ...call, ...more }];
  });
}

export const LOST: Partial<Call> = { code: 'UNAVAILABLE', pod: '', via: '' };

/** The same calls with a single one lost: the first of `load` sent at `s` or later. */
export function withOneLost(calls: readonly Call[], load: string, s: number): Call[] {
  const index = calls.findIndex((call) => call.load === load && call.sentMs >= START_MS + s * 1000);
  assert.ok(index >= 0, `no call of ${load} from ${s} s on`);
  return calls.map((call, each) => (each === index ? { ...call, ...LOST } : call));
}
