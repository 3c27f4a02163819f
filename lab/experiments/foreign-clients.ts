// What do clients of other languages lose, with the defaults of their libraries and with advised settings?
import { countCodes, noneFails } from '../claims/failed-calls';
import {
  callsIn,
  ENVOY_EVENTS,
  foreignLoads,
  HANG_FOUND_MS,
  lossesText,
  newEnvoyTimes,
  SERVER_EVENTS,
  SETTINGS,
} from '../claims/foreign-clients';
import { killsMeetCalls, killsOf, momentsOf } from '../claims/kills';
import { loadOverlaps } from '../claims/load-overlap';
import type { Call } from '../records/call';
import type { MeasuredClaim } from '../records/claim';
import { eventsOf } from '../records/event';
import { phasesOf } from '../records/phases';
import type { RunData } from '../records/run-data';
import { failed, ofLoad, sentWithin } from '../records/selection';
import { type BreakingSizes, breakEverything, slowServers } from '../steps/break-everything';
import { SETTLING } from '../steps/waits';
import type { ForeignSettings, Load } from '../system/system';
import { defineExperiment } from './define-experiment';

type ForeignClientsSizes = BreakingSizes & {
  /** Folders of `clients/`, by commas; what cannot be built here is left out. */
  readonly clients: string;
  /** Of each client with each of both settings. */
  readonly ratePerSecond: number;
};

const ALL = 'grpc-go, grpcio, grpc-js';
/** Calls of a load while it waits: fewer would mean that the client, not the system, held them up. */
const LEAST_SENT = 0.9;
/** A timer of the client that fires late on a busy machine. */
const LATE_MS = 2000;
const DEADLINE_MS = 5000;

export const foreignClients = defineExperiment<ForeignClientsSizes, Facts>({
  name: 'foreign-clients',
  question: 'What do clients in Go, Python and JavaScript lose when Envoys and servers come, leave, die or hang?',
  hypothesis:
    'With the library’s defaults nothing is lost while connections end in order and Envoys leave in order, but what is in flight at a kill is. With a look-up each second, turns among the Envoys, retries of idempotent calls and keepalive, nothing is lost at all, except before keepalive has found an Envoy that hangs.',
  backends: ['local'],
  sizes: {
    full: {
      ...{ clients: ALL, ratePerSecond: 20, workMs: 200, steadyMs: 300_000 },
      ...{ envoyRolls: 3, envoyKills: 4, outageMs: 35_000, hangMs: 45_000, serverKills: 3 },
    },
    quick: {
      ...{ clients: ALL, ratePerSecond: 20, workMs: 200, steadyMs: 65_000 },
      ...{ envoyRolls: 1, envoyKills: 2, outageMs: 3000, hangMs: 16_000, serverKills: 2 },
    },
  },
  claims: ({ ratePerSecond, envoyKills, serverKills, hangMs }) => [
    {
      id: 'clients',
      text: 'So many clients took part, each with the defaults of its library and with advised settings.',
      threshold: { atLeast: 1 },
      unit: 'clients',
      measure: ({ names }) => ({ value: names.length, detail: names.join(', ') }),
    },
    noneFails('defaults-steady', 'No call with the defaults fails while Envoys end connections in order.', (facts) =>
      callsIn(facts, 'defaults', 'steady'),
    ),
    noneFails('defaults-graceful', 'No call with the defaults fails while Envoys leave in order.', (facts) =>
      callsIn(facts, 'defaults', 'envoys-leave'),
    ),
    ...[...ENVOY_EVENTS, ...SERVER_EVENTS]
      .filter(({ phase }) => phase !== 'envoy-hangs')
      .map(({ phase, while: when }) =>
        noneFails<Facts>(`advised-${phase}`, `No call with advised settings fails ${when}.`, (facts) =>
          callsIn(facts, 'advised', phase),
        ),
      ),
    noneFails(
      'advised-envoy-hangs',
      'No call with advised settings fails that was sent later than the client needs to find an Envoy that hangs, less the deadline of the call.',
      (facts) => facts.hangs.flatMap((hang) => sentAfterFound(facts, hang)),
    ),
    ...['envoys-die', 'envoy-hangs', 'servers-leave', 'servers-die'].map((phase) => reported('defaults', phase)),
    reported('advised', 'envoy-hangs'),
    ...SETTINGS.map(
      (settings): MeasuredClaim<Facts> => ({
        id: `${settings}-new-envoy`,
        text: `So many clients ${settings === 'defaults' ? 'with the defaults' : 'with advised settings'} called an Envoy that was new: when first, and with what share at the end.`,
        threshold: { reported: true },
        unit: 'clients',
        measure: (facts) => {
          const times = newEnvoyTimes(facts, settings);
          const text = times.map(({ name, firstCallMs, share }) =>
            firstCallMs === undefined
              ? `${name} never`
              : `${name} ${(firstCallMs / 1000).toFixed(1)} s, then ${Math.round(share * 100)} %`,
          );
          const found = times.filter(({ firstCallMs }) => firstCallMs !== undefined);
          return { value: times.length === 0 ? null : found.length, detail: text.join('; ') };
        },
      }),
    ),
    {
      id: 'sent',
      text: 'Each client sends its calls: the smallest part of those that were due.',
      threshold: { atLeast: LEAST_SENT },
      unit: 'share',
      measure: ({ loads, calls, phases }) => {
        const lastMs = phases.at(-1)?.fromMs ?? 0;
        const parts = loads.map(({ load }) => {
          const own = ofLoad(calls, load);
          const fromMs = own[0]?.sentMs ?? lastMs;
          return sentWithin(own, { fromMs, toMs: lastMs }).length / (((lastMs - fromMs) * ratePerSecond) / 1000);
        });
        return { value: parts.length === 0 ? null : Math.min(...parts) };
      },
    },
    killsMeetCalls(1, ({ kills }) => kills),
    loadOverlaps('while Envoys and servers are killed, or hang', envoyKills + serverKills + 1, (facts) => ({
      calls: facts.calls,
      spans: [...momentsOf(facts.kills), ...facts.hangs.map(({ atMs }) => ({ fromMs: atMs, toMs: atMs + hangMs }))],
    })),
  ],
  expectedMs: ({ steadyMs, envoyRolls, envoyKills, outageMs, hangMs, serverKills }) =>
    60_000 + steadyMs + envoyRolls * 45_000 + envoyKills * 7000 + outageMs + hangMs + serverKills * 8000,
  run: async (system, recorder, sizes, context) => {
    const { clients, ratePerSecond } = sizes;
    const names = await system.foreignPrograms('client', clients.split(', '));
    if (names.length === 0) throw new Error(`cannot go on: none of ${clients} can be built here`);
    await system.settle(system.shipped, SETTLING);
    await slowServers(system, sizes.workMs);
    recorder.phase('start');
    const loads: Load[] = [];
    for (const { load, client, settings } of foreignLoads(names)) {
      loads.push(
        await system.startLoad({ name: load, target: 'envoys', ratePerSecond, foreign: { client, settings } }),
      );
    }
    await context.pause(5000);
    await breakEverything(system, recorder, sizes, context);
    recorder.phase('end');
    await context.pause(1000);
    await Promise.all(loads.map((load) => load.stop()));
  },
  read: factsOf,
  figures: () => [
    {
      kind: 'rate',
      id: 'calls',
      by: 'via',
      title: 'Envoys come, leave, die and hang under clients of other languages',
      caption: 'Answered calls per second of all clients, stacked by the Envoy that they came through.',
      marks: ['signal'],
    },
  ],
  mutations: [
    {
      name: 'advice-taken-out',
      text: 'Every client has the defaults of its library, servers close their port at once, and Envoy tries one server.',
      backends: ['local'],
      change: {
        load: { env: { SETTINGS: 'defaults' } },
        serverEnv: { DRAIN_DELAY_MS: '0' },
        envoys: { retries: false },
      },
      mustFail: ['advised-envoys-die', 'advised-envoy-hangs', 'advised-servers-die', 'advised-servers-leave'],
    },
    {
      name: 'no-drain',
      text: 'An Envoy stops at once: it neither tells its clients to leave nor waits until they have left.',
      backends: ['local'],
      change: { load: { env: { SETTINGS: 'defaults' } }, envoyDrain: false },
      mustFail: ['defaults-graceful', 'advised-envoys-leave'],
    },
    {
      name: 'hasty-pings',
      text: 'Envoy cuts connections out of order: a client that does not answer each of many pings within a millisecond loses its own.',
      backends: ['local'],
      change: { envoys: { pingTimeoutMs: 1 } },
      mustFail: ['defaults-steady'],
    },
  ],
});

/** What the clients lost, by name and code; nothing is promised. */
function reported(settings: ForeignSettings, phase: string): MeasuredClaim<Facts> {
  return {
    id: `${settings}-${phase}-lost`,
    text: `Calls lost with ${settings === 'defaults' ? 'the defaults' : 'advised settings'}, phase ${phase}.`,
    threshold: { reported: true },
    unit: 'calls',
    measure: (facts) => ({
      value: failed(callsIn(facts, settings, phase)).length,
      detail: lossesText(facts, settings, phase, countCodes),
    }),
  };
}

interface Hang {
  readonly atMs: number;
  readonly toMs: number;
}

/** A call that is sent later than this outlives the time in which its client finds the hang, and is sent again. */
function sentAfterFound(facts: Facts, { atMs, toMs }: Hang): readonly Call[] {
  return facts.loads
    .filter(({ settings }) => settings === 'advised')
    .flatMap(({ load, client }) => {
      const foundMs = HANG_FOUND_MS[client] ?? 0;
      const beginMs = facts.phases.find(({ name }) => name === 'envoy-hangs')?.fromMs ?? atMs;
      const fromMs = foundMs <= DEADLINE_MS ? beginMs : atMs + foundMs - DEADLINE_MS + LATE_MS;
      return sentWithin(ofLoad(facts.calls, load), { fromMs, toMs });
    });
}

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<ForeignClientsSizes>) {
  const { calls, events } = data;
  const phases = phasesOf(data);
  const started = new Set(eventsOf(events, 'load-start').map(({ subject = '' }) => subject));
  const loads = foreignLoads(data.params.sizes.clients.split(', ')).filter(({ load }) => started.has(load));
  const signals = eventsOf(events, 'signal');
  const hangs = signals.flatMap(({ atMs, detail, subject }): Hang[] => {
    if (detail?.signal !== 'SIGSTOP') return [];
    const end = signals.find((each) => each.subject === subject && each.detail?.signal === 'SIGCONT');
    return end === undefined ? [] : [{ atMs, toMs: end.atMs }];
  });
  return {
    calls,
    events,
    phases,
    loads,
    names: [...new Set(loads.map(({ client }) => client))],
    hangs,
    kills: killsOf(data),
  };
}
