// The calls in flight at each kill of a run, and how many of them it interrupted.
import type { MeasuredClaim } from '../records/claim';
import { eventsOf } from '../records/event';
import type { Sizes } from '../records/params';
import type { RunData } from '../records/run-data';
import { inFlightAt, type TimeSpan } from '../records/selection';

export interface Kill {
  readonly atMs: number;
  readonly inFlight: number;
  /** Those in flight that did not end OK at the first attempt. */
  readonly interrupted: number;
}

export function killsOf({ calls, events }: Pick<RunData, 'calls' | 'events'>): readonly Kill[] {
  return eventsOf(events, 'signal').flatMap(({ atMs, detail }) => {
    if (detail?.signal !== 'SIGKILL') return [];
    const inFlight = inFlightAt(calls, atMs);
    const interrupted = inFlight.filter(({ code, attempts }) => code !== 'OK' || attempts > 1);
    return [{ atMs, inFlight: inFlight.length, interrupted: interrupted.length }];
  });
}

/** A run with its kills. */
export type KillFacts<S extends Sizes> = RunData<S> & { readonly kills: readonly Kill[] };

export function withKills<S extends Sizes>(data: RunData<S>): KillFacts<S> {
  return { ...data, kills: killsOf(data) };
}

/** The moments of the kills, for the claim that the load was there. */
export function momentsOf(kills: readonly Kill[]): readonly TimeSpan[] {
  return kills.map(({ atMs }) => ({ fromMs: atMs, toMs: atMs }));
}

/** A kill that met no call proves nothing. */
export function killsInterrupt<F>(of: (facts: F) => readonly Kill[]): MeasuredClaim<F> {
  return {
    id: 'interrupted',
    text: 'Each kill interrupts calls: the fewest in flight that had to be sent again.',
    threshold: { atLeast: 1 },
    unit: 'calls',
    measure: (facts) => {
      const kills = of(facts);
      const all = kills.reduce((sum, { interrupted }) => sum + interrupted, 0);
      return { value: leastOf(kills, 'interrupted'), detail: `${all} in all, at ${kills.length} kills` };
    },
  };
}

export function killsMeetCalls<F>(atLeast: number, of: (facts: F) => readonly Kill[]): MeasuredClaim<F> {
  return {
    id: 'in-flight',
    text: 'The fewest calls in flight at a kill.',
    threshold: { atLeast },
    unit: 'calls',
    measure: (facts) => {
      const kills = of(facts);
      return { value: leastOf(kills, 'inFlight'), detail: `at ${kills.length} kills` };
    },
  };
}

function leastOf(kills: readonly Kill[], field: 'inFlight' | 'interrupted'): number | null {
  return kills.length === 0 ? null : Math.min(...kills.map((kill) => kill[field]));
}
