// What the runs with clients of other languages say about each client: which loads there are, what each one lost in each
// phase, and when it found a new Envoy. The experiment and docs/clients.md read the same.
import type { Call } from '../records/call';
import { eventsOf, type RunEvent } from '../records/event';
import type { Phase } from '../records/phases';
import { failed, ofLoad, sentWithin, type TimeSpan } from '../records/selection';
import { readyWithin } from './in-service';

export const SETTINGS = ['defaults', 'advised'] as const;
export type Settings = (typeof SETTINGS)[number];

export interface ForeignLoadName {
  readonly client: string;
  readonly settings: Settings;
  readonly load: string;
}

/** What happens in a phase of the run: it completes a sentence. */
export interface ForeignEvent {
  readonly phase: string;
  readonly while: string;
}

export const ENVOY_EVENTS: readonly ForeignEvent[] = [
  { phase: 'steady', while: 'while Envoys end connections in order, and one more Envoy comes' },
  { phase: 'envoys-leave', while: 'while Envoys leave in order' },
  { phase: 'envoys-die', while: 'while Envoys are killed' },
  { phase: 'envoy-hangs', while: 'while an Envoy hangs' },
];

export const SERVER_EVENTS: readonly ForeignEvent[] = [
  { phase: 'servers-leave', while: 'while every server is replaced' },
  { phase: 'servers-die', while: 'while servers are killed' },
];

/** In how long the advised keepalive of a client finds an Envoy that hangs: its time and its timeout, ms. */
export const HANG_FOUND_MS: Readonly<Record<string, number>> = {
  'grpc-go': 12_000,
  grpcio: 4000,
  'grpc-js': 4000,
};

export interface ForeignFacts {
  readonly calls: readonly Call[];
  readonly events: readonly RunEvent[];
  readonly phases: readonly Phase[];
  readonly loads: readonly ForeignLoadName[];
}

/** Each client twice. */
export function foreignLoads(clients: readonly string[]): readonly ForeignLoadName[] {
  return clients.flatMap((client) => SETTINGS.map((settings) => ({ client, settings, load: `${client}-${settings}` })));
}

/** Calls of all clients with these settings sent within the phase; none when the phase was not reached. */
export function callsIn(facts: ForeignFacts, settings: Settings, phase: string): readonly Call[] {
  const names = facts.loads.filter((each) => each.settings === settings).map(({ load }) => load);
  return ofLoad(sentWithin(facts.calls, spanOf(facts, phase)), ...names);
}

/** `grpc-go 3 of 200: 3 UNAVAILABLE; grpcio 0 of 200`. */
export function lossesText(
  facts: ForeignFacts,
  settings: Settings,
  phase: string,
  codesOf: (calls: readonly Call[]) => string,
): string {
  const sent = sentWithin(facts.calls, spanOf(facts, phase));
  const texts = facts.loads
    .filter((each) => each.settings === settings)
    .map(({ client, load }) => {
      const calls = ofLoad(sent, load);
      const lost = failed(calls);
      const codes = lost.length === 0 ? '' : `: ${codesOf(lost)}`;
      return `${client} ${lost.length} of ${calls.length}${codes}`;
    });
  return texts.join('; ');
}

export interface NewEnvoyTime {
  readonly name: string;
  /** From when it was ready to the first answer through it; undefined when there was none. */
  readonly firstCallMs: number | undefined;
  /** Of the client's answers that came through it, in the last third of the phase. */
  readonly share: number;
}

/** For each client with these settings: how it found the Envoy that comes in the phase `steady`. */
export function newEnvoyTimes(facts: ForeignFacts, settings: Settings): readonly NewEnvoyTime[] {
  const span = spanOf(facts, 'steady');
  const [fresh] = readyWithin(facts.events, 'envoy', span);
  if (fresh === undefined) return [];
  const late = { fromMs: span.toMs - (span.toMs - span.fromMs) / 3, toMs: span.toMs };
  return facts.loads
    .filter((each) => each.settings === settings)
    .map(({ client, load }) => {
      const calls = ofLoad(sentWithin(facts.calls, span), load);
      const first = calls.find(({ via }) => via === fresh.name);
      const ofLate = sentWithin(calls, late);
      const through = ofLate.filter(({ via }) => via === fresh.name).length;
      return {
        name: client,
        firstCallMs: first && first.sentMs - fresh.readyMs,
        share: ofLate.length === 0 ? 0 : through / ofLate.length,
      };
    });
}

function spanOf({ phases }: ForeignFacts, name: string): TimeSpan {
  return phases.find((phase) => phase.name === name) ?? { fromMs: 0, toMs: 0 };
}

/** Kills of Envoys and servers, for a table. */
export function killsIn(events: readonly RunEvent[], { fromMs, toMs }: TimeSpan): number {
  return eventsOf(events, 'signal').filter(
    ({ atMs, detail }) => detail?.signal === 'SIGKILL' && atMs >= fromMs && atMs < toMs,
  ).length;
}
