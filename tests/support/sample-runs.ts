// One synthetic run for each sample experiment, and one that fails. Seeded: equal on every machine.
import type { Experiment } from '../../lab/experiment';
import type { RunEvent } from '../../lab/records/event';
import type { Backend } from '../../lab/records/params';
import type { RunData } from '../../lab/records/run-data';
import { seededRandom } from '../../lab/statistics/seeded-random';
import { sampleAutoscale } from './sample-experiments/sample-autoscale';
import { sampleCrash } from './sample-experiments/sample-crash';
import { sampleScaleUp } from './sample-experiments/sample-scale-up';
import { sampleSlowPod } from './sample-experiments/sample-slow-pod';
import { sampleSpread } from './sample-experiments/sample-spread';
import { syntheticParams } from './synthetic-params';
import { at, type SyntheticPod, syntheticCalls } from './synthetic-run';

const server = (number: number): string => `grpc-server-${number}`;
const pods = (count: number): SyntheticPod[] =>
  Array.from({ length: count }, (_, index) => ({ name: server(index + 1) }));

/** Runs are never changed, so one of each is enough for all tests of a file. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function threeReady(): RunEvent[] {
  return [1, 2, 3].map((number) => at(-3 + number / 10, { kind: 'pod-ready', subject: server(number) }));
}

export const evenRun = once((): RunData => {
  const calls = syntheticCalls({ seed: 1, seconds: 50, rate: 200, pods: pods(3) });
  return {
    params: paramsOf(sampleSpread, 0),
    calls,
    events: [at(-1, { kind: 'phase', subject: 'steady' }), ...threeReady()],
  };
});

/** As `evenRun`, with a balancer that does not balance, and a failed second. */
export const unevenRun = once((): RunData => {
  const calls = syntheticCalls({
    seed: 2,
    seconds: 50,
    rate: 200,
    pods: pods(3),
    picks: 'sticky',
    outages: [[30, 31.5]],
  });
  return {
    params: paramsOf(sampleSpread, 60),
    calls,
    events: [
      at(-1, { kind: 'phase', subject: 'steady' }),
      ...threeReady(),
      at(30, { kind: 'signal', subject: server(1), detail: { signal: 'SIGKILL' } }),
    ],
  };
});

export const scaleUpRun = once((): RunData => {
  const ready = [21.9, 22.3, 22.6];
  const fresh = ready.map((fromS, index) => ({ name: server(index + 4), fromS: fromS + 0.4 + 0.3 * index }));
  const calls = syntheticCalls({ seed: 3, seconds: 60, rate: 300, pods: [...pods(3), ...fresh] });
  const events: RunEvent[] = [
    at(-2, { kind: 'replicas', subject: 'grpc-server', detail: { desired: 3, ready: 3 } }),
    at(20, { kind: 'scale', subject: 'grpc-server', detail: { from: 3, to: 6 } }),
    at(20, { kind: 'replicas', subject: 'grpc-server', detail: { desired: 6, ready: 3 } }),
    ...ready.flatMap((s, index) => [
      at(s, { kind: 'pod-ready', subject: server(index + 4) }),
      at(s + 0.01, { kind: 'pod-in-dns', subject: server(index + 4) }),
      at(s + 0.01, { kind: 'replicas', subject: 'grpc-server', detail: { desired: 6, ready: index + 4 } }),
    ]),
  ];
  return { params: paramsOf(sampleScaleUp, 120), calls, events };
});

export const slowPodRun = once((): RunData => {
  const five = pods(5).map((pod) => (pod.name === server(3) ? { ...pod, delayMs: 200 } : pod));
  const policies = ['ROUND_ROBIN', 'LEAST_REQUEST', 'LEAST_REQUEST_FULL_SCAN'];
  const calls = policies.flatMap((_, index) =>
    syntheticCalls({
      seed: 4 + index,
      fromS: index * 20,
      seconds: 20,
      rate: 300,
      pods: five,
      slowKept: [1, 0.2, 0.065][index] ?? 1,
    }),
  );
  const events = policies.flatMap((policy, index) => [
    at(index * 20 - (index === 0 ? 0.5 : 0), { kind: 'phase', subject: policy }),
    at(index * 20 + 0.1, { kind: 'policy', subject: 'envoy', detail: { policy } }),
  ]);
  return {
    params: paramsOf(sampleSlowPod, 180),
    calls,
    events: [...events, at(0.2, { kind: 'fault', subject: server(3), detail: { delayMs: 200 } })].sort(
      (a, b) => a.atMs - b.atMs,
    ),
  };
});

/** Twenty kills, each followed by a pod with the next number. */
export const crashRun = once((): RunData => {
  const kills = Array.from({ length: 20 }, (_, index) => 5 + index * 9);
  const crew: SyntheticPod[] = pods(3).map((pod, index) => ({ ...pod, toS: kills[index] as number }));
  for (const [index, s] of kills.entries()) {
    crew.push({ name: server(index + 4), fromS: s + 2, toS: kills[index + 3] ?? Number.POSITIVE_INFINITY });
  }
  const calls = syntheticCalls({ seed: 9, seconds: 190, rate: 100, pods: crew, disturbances: kills });
  const random = seededRandom(10);
  const events = [
    ...kills.map((s, index) => at(s, { kind: 'signal', subject: server(index + 1), detail: { signal: 'SIGKILL' } })),
    ...Array.from({ length: 95 }, (_, index) => index * 2).flatMap((s) =>
      ['envoy-1', 'envoy-2'].map((subject, envoy) =>
        at(s, { kind: 'resources', subject, detail: { residentBytes: 52e6 + 3e6 * envoy + 1.5e6 * random() } }),
      ),
    ),
  ].sort((left, right) => left.atMs - right.atMs);
  return { params: paramsOf(sampleCrash, 300), calls, events };
});

/** Ten minutes in a cluster: load steps up and down, pods follow late. */
export const autoscaleRun = once((): RunData => {
  const name = (index: number) =>
    `grpc-server-7c9f8d6b54-${['x7k2p', 'b4mqz', 'lw9tn', 'c2hdv', 'q8rjs', 'n5gfk', 'zt6bw', 'v3xpm'][index]}`;
  const born = [0, 0, 0, 158, 159, 160, 174, 175];
  const died = [900, 900, 900, 560, 530, 500, 470, 440];
  const crew = born.map((fromS, index) => ({ name: name(index), fromS, toS: died[index] as number }));
  const calls = syntheticCalls({
    seed: 11,
    seconds: 600,
    rate: (s) => (s >= 120 && s < 330 ? 2.4 * 20 : 0.6 * 20),
    pods: crew,
    envoys: ['envoy-6f7d9c5b48-jx2lm', 'envoy-6f7d9c5b48-r8wkd'],
  });
  const events: RunEvent[] = [at(-5, { kind: 'replicas', subject: 'grpc-server', detail: { desired: 3, ready: 3 } })];
  const readyAt = (s: number) => crew.filter(({ fromS, toS }) => fromS <= s && s < toS).length;
  let before = 3;
  for (let s = 0; s < 600; s += 2) {
    const load = s >= 120 && s < 330 ? 2.4 : 0.6;
    const ramp =
      s >= 120 && s < 150 ? 0.6 + (1.8 * (s - 120)) / 30 : s >= 330 && s < 360 ? 2.4 - (1.8 * (s - 330)) / 30 : load;
    events.push(
      at(s, {
        kind: 'metric',
        subject: 'grpc_requests_per_second',
        detail: { value: ramp / readyAt(s), target: 0.3, source: 'custom-metrics' },
      }),
    );
    const ready = readyAt(s);
    const desired = s >= 150 && s < 420 ? (s < 165 ? 6 : 8) : Math.max(3, ready - (s > 420 ? 1 : 0));
    if (ready !== before || s === 150 || s === 166)
      events.push(at(s, { kind: 'replicas', subject: 'grpc-server', detail: { desired, ready } }));
    before = ready;
  }
  return { params: paramsOf(sampleAutoscale, 400, 'cluster'), calls, events };
});

export function sampleRuns(): readonly RunData[] {
  return [evenRun(), unevenRun(), scaleUpRun(), slowPodRun(), crashRun(), autoscaleRun()];
}

function paramsOf(experiment: Experiment, afterS = 0, backend: Backend = 'local'): RunData['params'] {
  return syntheticParams(experiment, experiment.sizes.full, { afterS, backend });
}
