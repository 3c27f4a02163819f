// What happens to calls when no pod is ready but all of them answer: a starved node whose probes fail, and pods that all
// say NOT_SERVING.
import { enoughCalls } from '../claims/call-count';
import { noneFails } from '../claims/failed-calls';
import { loadOverlaps } from '../claims/load-overlap';
import type { RunContext } from '../experiment';
import type { Measurement } from '../records/claim';
import { eventsOf } from '../records/event';
import { phasesOf } from '../records/phases';
import type { RunData } from '../records/run-data';
import { sentWithin, type TimeSpan } from '../records/selection';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, ROUTING, SETTLING } from '../steps/waits';
import { watchingHosts } from '../steps/watch-hosts';
import type { ServerFault, System } from '../system/system';
import { waitUntil } from '../system/wait-until';
import { defineExperiment } from './define-experiment';

type UnreadySizes = {
  readonly ratePerSecond: number;
  /** How long no pod is ready, each time, ms. */
  readonly unreadyMs: number;
};

/** A threshold stands on it. */
const SERVERS = 3;
/** Until every Envoy has asked DNS and all pods since the last pod became unready, ms. */
const NOTICED_MS = 3000;
const [PROBES_FAIL, NOT_SERVING] = ['probes-fail', 'not-serving'] as const;
const FAULTS: Readonly<Record<typeof PROBES_FAIL | typeof NOT_SERVING, ServerFault>> = {
  [PROBES_FAIL]: { failsProbes: true },
  [NOT_SERVING]: { notServing: true },
};

export const unready = defineExperiment<UnreadySizes, Facts>({
  name: 'unready',
  question: 'Are calls lost when all pods are unready at once but still answer?',
  hypothesis:
    'DNS names pods whether they are ready or not, so Envoy checks them itself. If only the probes fail, Envoy’s own checks pass and nothing changes. If every pod says NOT_SERVING, Envoy panics and keeps using all of them.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { ratePerSecond: 100, unreadyMs: 30_000 },
    quick: { ratePerSecond: 50, unreadyMs: 8000 },
  },
  claims: ({ ratePerSecond, unreadyMs }) => [
    noneFails(
      'failed-probes-fail',
      'No call fails while the readiness probes of all pods fail and their calls do not.',
      ({ starved }) => starved.calls,
    ),
    noneFails(
      'failed-not-serving',
      'No call fails while all pods say NOT_SERVING and answer.',
      ({ leaving }) => leaving.calls,
    ),
    enoughCalls((unreadyMs * ratePerSecond) / 1000, ({ starved, leaving }) => [starved.calls, leaving.calls]),
    loadOverlaps('while no pod is ready', 2, ({ data, outages }) => ({ calls: data.calls, spans: outages })),
    {
      id: 'unready',
      text: 'How long no pod is ready after every Envoy has noticed: the shorter of the two times.',
      threshold: { atLeast: unreadyMs / 1000 },
      unit: 's',
      measure: ({ outages: all }) => ({
        value: all.length === 2 ? Math.min(...all.map(({ noticedMs, toMs }) => toMs - noticedMs)) / 1000 : null,
        detail: `${all.length} times`,
      }),
    },
    {
      id: 'used-probes-fail',
      text: 'Pods that pass Envoy’s health checks while probes fail: the fewest that an Envoy saw.',
      threshold: { equals: SERVERS },
      unit: 'pods',
      measure: ({ data, starved }) => measureUsed(data, starved.outages, Math.min),
    },
    {
      id: 'used-not-serving',
      text: 'Pods that pass them while all say NOT_SERVING: the most that an Envoy saw. Calls are answered in panic mode.',
      threshold: { equals: 0 },
      unit: 'pods',
      measure: ({ data, leaving }) => measureUsed(data, leaving.outages, Math.max),
    },
  ],
  expectedMs: ({ unreadyMs }) => 20_000 + 2 * (unreadyMs + NOTICED_MS + 12_000),
  run: async (system, recorder, { ratePerSecond, unreadyMs }, context) => {
    await system.settle({ ...system.shipped, servers: SERVERS }, SETTLING);
    // The client's retries could hide an outage that is short.
    const spec = { name: 'steady', target: 'envoys', ratePerSecond, env: { RETRIES: 'false' } } as const;
    const makeUnready = async (fault: ServerFault) => {
      const pods = await system.pods('grpc-server');
      for (const { name } of pods) await system.injectFault(name, fault);
      await untilNoneReady(system, context);
      await context.pause(NOTICED_MS + unreadyMs);
      for (const { name } of pods) await system.injectFault(name, {});
      await system.untilReady('grpc-server', SERVERS, POD_CHANGE);
      await system.untilRouted(SERVERS, ROUTING);
    };
    await watchingHosts(system, context, () =>
      underLoad(system, context, spec, async () => {
        for (const name of [PROBES_FAIL, NOT_SERVING]) {
          recorder.phase(name);
          await makeUnready(FAULTS[name]);
          await context.pause(2000);
        }
      }),
    );
  },
  read: factsOf,
  figures: () => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'No pod is ready, and every call is answered',
      caption: 'Answered calls per second, stacked by pod: first the probes get no answer, then all say NOT_SERVING.',
      marks: ['phase', 'fault-cleared'],
    },
    { kind: 'latency', id: 'latency', title: 'Latency during that time', marks: ['phase', 'fault-cleared'] },
  ],
  mutations: [
    {
      name: 'ready-pods-only',
      text: 'DNS names only pods whose readiness probe passes.',
      backends: ['local', 'cluster'],
      change: { readyPodsOnly: true },
      mustFail: ['failed-probes-fail', 'failed-not-serving', 'used-probes-fail'],
    },
    {
      name: 'no-panic',
      text: 'Envoy sends no call to a pod that fails its health check, even if all pods fail it.',
      backends: ['local', 'cluster'],
      change: { envoys: { panic: false } },
      mustFail: ['failed-not-serving'],
    },
  ],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<UnreadySizes>) {
  const during = (name: string) => {
    const phases = phasesOf(data).filter((phase) => phase.name === name);
    return {
      calls: phases.flatMap((phase) => sentWithin(data.calls, phase)),
      outages: phases.flatMap((phase) => outagesOf(data, phase)),
    };
  };
  const [starved, leaving] = [during(PROBES_FAIL), during(NOT_SERVING)];
  return { data, starved, leaving, outages: [...starved.outages, ...leaving.outages] };
}

async function untilNoneReady(system: Pick<System, 'pods'>, { signal }: Pick<RunContext, 'signal'>): Promise<void> {
  const look = async () => {
    const ready = (await system.pods('grpc-server')).filter(({ isReady }) => isReady);
    return ready.length === 0 ? undefined : `${ready.map(({ name }) => name).join(', ')} still are`;
  };
  await waitUntil('no ready pod of grpc-server', look, { ...POD_CHANGE, everyMs: 100, signal });
}

interface Outage extends TimeSpan {
  /** Since then every Envoy must know of it. */
  readonly noticedMs: number;
}

/** From the moment that no server was ready in a phase until the first one was healed; none where one was ready before. */
function outagesOf({ events }: Pick<RunData, 'events'>, { fromMs, toMs }: TimeSpan): readonly Outage[] {
  const isWithin = ({ atMs }: { readonly atMs: number }) => atMs >= fromMs && atMs < toMs;
  const healed = eventsOf(events, 'fault-cleared').find(isWithin);
  const counts = eventsOf(events, 'replicas').filter(({ subject }) => subject === 'grpc-server');
  const none = counts.findIndex((event) => isWithin(event) && event.detail?.ready === 0);
  const begin = counts[none];
  const next = counts[none + 1];
  if (begin === undefined || healed === undefined || (next !== undefined && next.atMs < healed.atMs)) return [];
  return [{ fromMs: begin.atMs, noticedMs: begin.atMs + NOTICED_MS, toMs: healed.atMs }];
}

/** The healthy pods that Envoys saw while no pod was ready, from when they must have noticed. */
function measureUsed(
  { events }: Pick<RunData, 'events'>,
  outages: readonly Outage[],
  choose: (...values: readonly number[]) => number,
): Measurement {
  const hosts = eventsOf(events, 'hosts');
  const envoys = [...new Set(hosts.map(({ subject = '' }) => subject))];
  const seen = outages.flatMap(({ noticedMs, toMs }) =>
    envoys.flatMap((envoy) => {
      const own = hosts.filter(({ subject, atMs }) => subject === envoy && atMs < toMs);
      // Only changes are recorded: what was read last before it holds at the beginning.
      const first = own.findLastIndex(({ atMs }) => atMs <= noticedMs);
      return own.slice(Math.max(0, first)).flatMap(({ detail }) => (detail === undefined ? [] : [detail.healthy]));
    }),
  );
  return { value: seen.length === 0 ? null : choose(...seen), detail: `${envoys.length} Envoys` };
}
