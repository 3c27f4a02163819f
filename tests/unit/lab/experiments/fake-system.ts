// A system that does at once whatever it is asked, and remembers what that was. Time stands still: pauses end at once.
import { setImmediate } from 'node:timers/promises';
import type { RunContext } from '../../../../lab/experiment';
import type { Tier } from '../../../../lab/records/event';
import type { Recorder } from '../../../../lab/records/recorder';
import { seededRandom } from '../../../../lab/statistics/seeded-random';
import type { LoadResult, LoadSpec, PodCounts, System } from '../../../../lab/system/system';

export interface FakeRun {
  readonly system: System;
  readonly recorder: Recorder;
  readonly context: RunContext;
  /** What was done, in order: `scale grpc-server 6`, `phase killing`. Readings of meters are left out. */
  readonly log: readonly string[];
  readonly loads: readonly LoadSpec[];
}

const AUTOSCALER = {
  minReplicas: 3,
  maxReplicas: 10,
  desiredReplicas: 3,
  metric: 10,
  target: 20,
  wantsMore: false,
  isActing: true,
};

/** @param shipped another number of pods than the manifests ask for */
export function fakeRun(shipped: PodCounts = { servers: 3, envoys: 2 }): FakeRun {
  const log: string[] = [];
  const loads: LoadSpec[] = [];
  const pods: Record<Tier, string[]> = { 'grpc-server': [], envoy: [] };
  const unready = new Set<string>();
  const started: Record<Tier, number> = { 'grpc-server': 0, envoy: 0 };
  const tierOf = (pod: string): Tier => (pod.startsWith('envoy') ? 'envoy' : 'grpc-server');
  const set = (tier: Tier, count: number) => {
    pods[tier].length = Math.min(pods[tier].length, count);
    while (pods[tier].length < count) {
      started[tier] += 1;
      pods[tier].push(`${tier}-${started[tier]}`);
    }
  };
  const replace = (pod: string) => {
    const tier = tierOf(pod);
    const count = pods[tier].length;
    if (!pods[tier].includes(pod)) throw new Error(`there is no pod ${pod}`);
    pods[tier] = pods[tier].filter((each) => each !== pod);
    set(tier, count);
  };
  const done = async (text: string) => void log.push(text);

  const system: System = {
    backend: 'local',
    shipped,
    pods: async (tier) => pods[tier].map((name) => ({ name, tier, isReady: !unready.has(name), isDraining: false })),
    scale: async (tier, count) => {
      set(tier, count);
      await done(`scale ${tier} ${count}`);
    },
    roll: async (tier) => {
      const count = pods[tier].length;
      set(tier, 0);
      set(tier, count);
      await done(`roll ${tier}`);
    },
    remove: async (pod) => {
      replace(pod);
      await done(`remove ${pod}`);
    },
    crash: async (pod) => {
      replace(pod);
      await done(`crash ${pod}`);
    },
    freeze: (pod, forMs) => done(`freeze ${pod} ${forMs}`),
    injectFault: (pod, fault) => {
      if (fault.notServing || fault.failsProbes) unready.add(pod);
      else unready.delete(pod);
      return done(`fault ${pod} ${JSON.stringify(fault)}`);
    },
    setDnsFault: (mode) => done(`dns ${mode ?? 'right'}`),
    configureEnvoys: (settings) => done(`envoys ${JSON.stringify(settings)}`),
    configureServers: (env) => done(`servers ${JSON.stringify(env)}`),
    foreignPrograms: async (_kind, names) => names,
    serveBy: (name, env) => done(`serve by ${name} ${JSON.stringify(env)}`),
    setComponent: (component, isUp) => done(`${component} ${isUp ? 'up' : 'down'}`),
    counters: async () => ({ OK: 0 }),
    resources: async () => ({ residentBytes: 1, cpuSeconds: 0, openDescriptors: 1 }),
    hosts: async () => ({ known: pods['grpc-server'].length, healthy: pods['grpc-server'].length }),
    customMetric: async () => new Map(),
    queriedMetric: async () => new Map(),
    windowedMetric: async () => new Map(),
    scrapedAtMs: async () => undefined,
    autoscaler: async () => AUTOSCALER,
    aimAutoscaler: (tier, target) => done(`aim ${tier} ${target}`),
    releaseAutoscaler: (tier) => done(`release ${tier}`),
    untilReady: (tier, count) => done(`until-ready ${tier} ${count}`),
    untilGone: (names) => done(`until-gone ${names.join(' ')}`),
    untilRouted: (servers) => done(`until-routed ${servers}`),
    startLoad: async (spec) => {
      loads.push(spec);
      let end: (result: LoadResult) => void = () => {};
      const finished = new Promise<LoadResult>((resolve) => {
        end = resolve;
      });
      await done(`load ${spec.name}`);
      // A load of so many calls ends by itself.
      if (spec.count !== undefined) end({ calls: spec.count, cpuSeconds: 0 });
      return {
        name: spec.name,
        finished,
        stop: async () => {
          await done(`stop ${spec.name}`);
          end({ calls: 0, cpuSeconds: 0 });
          return finished;
        },
      };
    },
    settle: async ({ servers, envoys }) => {
      set('grpc-server', servers);
      set('envoy', envoys);
      await done(`settle ${servers} ${envoys}`);
    },
    close: async () => {},
  };
  const recorder: Recorder = {
    event: () => {},
    phase: (name) => void log.push(`phase ${name}`),
    note: (text) => void log.push(`note ${text}`),
    addLedger: async () => 0,
    close: async () => {},
  };
  const signal = new AbortController().signal;
  const context: RunContext = { random: seededRandom(1), signal, pause: () => setImmediate() };
  return { system, recorder, context, log, loads };
}
