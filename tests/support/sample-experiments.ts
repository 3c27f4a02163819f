// Experiments that read synthetic runs: real claims, real figures, no steps. For tests of the report and nothing else.
import { jainIndex } from '../../client/summary';
import { defineExperiment } from '../../lab/experiments/define-experiment';
import { firstCallAfterMs } from '../../lab/records/arrival';
import type { Call } from '../../lab/records/call';
import { eventsOf, type RunEvent } from '../../lab/records/event';
import type { Sizes } from '../../lab/records/params';
import { phasesOf } from '../../lab/records/phases';
import type { RunData } from '../../lab/records/run-data';
import { answersBy, attemptsPerCall, failed, latenciesMs, sentWithin } from '../../lab/records/selection';
import { percentile } from '../../lab/statistics/percentile';
import { upperBoundOfZero } from '../../lab/statistics/proportion';
import { roundRobinBound, spreadOf } from '../../lab/statistics/round-robin-bound';
import { worstWindow } from '../../lab/statistics/worst-window';

interface SpreadFacts {
  readonly calls: readonly Call[];
  readonly counts: ReadonlyMap<string, number>;
}

const notRun = {
  backends: ['local', 'cluster'] as const,
  sizes: { full: { calls: 10_000 }, quick: { calls: 1000 } },
  expectedMs: () => 30_000,
  run: () => Promise.reject(new Error('a sample experiment has no steps')),
  mutations: [],
};

export const sampleSpread = defineExperiment<Sizes, SpreadFacts>({
  ...notRun,
  name: 'sample-spread',
  question: 'Does every server pod get the same number of calls?',
  hypothesis:
    'Each Envoy deals calls out in turn, so the numbers of calls per pod differ by at most the number of Envoys.',
  read: ({ calls }) => ({
    calls,
    counts: answersBy(calls, 'pod', ['grpc-server-1', 'grpc-server-2', 'grpc-server-3']),
  }),
  claims: () => [
    {
      id: 'max-minus-min',
      text: 'The pods differ by no more calls than there are round-robin states.',
      threshold: { atMost: roundRobinBound(2) },
      unit: 'calls',
      measure: ({ calls, counts }) => ({
        value: spreadOf([...counts.values()]),
        detail: `${calls.length} calls over ${counts.size} pods`,
      }),
    },
    {
      id: 'jain',
      text: 'Jain’s index over all pods is practically 1.',
      threshold: { atLeast: 0.99999 },
      unit: 'index',
      measure: ({ counts }) => ({ value: jainIndex([...counts.values()]) }),
    },
    {
      id: 'worst-window',
      text: 'Within any 100 calls in a row, every pod is as close to its fair share.',
      threshold: { atMost: roundRobinBound(2) },
      unit: 'calls',
      measure: ({ calls, counts }) => {
        const worst = worstWindow(
          calls.map(({ pod }) => pod),
          [...counts.keys()],
        );
        return { value: worst?.deviation ?? null, ...(worst && { detail: `worst for ${worst.pod}` }) };
      },
    },
    {
      id: 'failed',
      text: 'No call fails.',
      threshold: { equals: 0 },
      unit: 'calls',
      measure: ({ calls }) => ({
        value: failed(calls).length,
        detail: `of ${calls.length}: below ${Math.ceil(upperBoundOfZero(calls.length) * 1e6)} in a million with 95 % confidence`,
      }),
    },
    {
      id: 'p99',
      text: 'Latency of the slowest call in a hundred.',
      threshold: { reported: true },
      unit: 'ms',
      measure: ({ calls }) => ({ value: percentile(latenciesMs(calls), 99) }),
    },
  ],
  figures: () => [
    {
      kind: 'rate',
      id: 'calls',
      title: 'Every pod carries the same part of the load',
      caption: 'Answered calls per second, stacked by the pod that answered.',
    },
    {
      kind: 'share',
      id: 'shares',
      title: 'Shares of all answers',
      groups: [{ label: '', pods: ['grpc-server-1', 'grpc-server-2', 'grpc-server-3'] }],
    },
    { kind: 'latency', id: 'latency', title: 'Latency over time' },
  ],
});

export const sampleScaleUp = defineExperiment<Sizes, RunData>({
  ...notRun,
  name: 'sample-scale-up',
  question: 'How soon do new pods carry their share of the load?',
  hypothesis: 'Envoy asks DNS every second and checks a new host once, so a pod gets calls within about a second.',
  read: (data) => data,
  claims: () => [
    {
      id: 'first-call',
      text: 'From being in DNS to the first call, 95th percentile.',
      threshold: { atMost: 1.5 },
      unit: 's',
      measure: ({ calls, events }) => {
        const waits = eventsOf(events, 'pod-in-dns').flatMap(
          ({ subject = '', atMs }) => firstCallAfterMs(calls, subject, atMs) ?? [],
        );
        return { value: waits.length === 0 ? null : percentile(waits, 95) / 1000, detail: `${waits.length} pods` };
      },
    },
    {
      id: 'failed',
      text: 'No call fails.',
      threshold: { equals: 0 },
      unit: 'calls',
      measure: ({ calls }) => ({ value: failed(calls).length }),
    },
  ],
  figures: ({ calls, events }) => [
    { kind: 'rate', id: 'calls', title: 'New pods join the rotation', marks: ['scale', 'pod-ready'] },
    { kind: 'replicas', id: 'replicas', title: 'Load, and the pods that carry it', tier: 'grpc-server' },
    {
      kind: 'dots',
      id: 'first-call',
      title: 'From being in DNS to the first call, each pod',
      unit: 's',
      groups: [
        {
          label: 'all pods',
          values: eventsOf(events, 'pod-in-dns')
            .flatMap(({ subject = '', atMs }) => (firstCallAfterMs(calls, subject, atMs) ?? []) as number)
            .map((ms) => ms / 1000),
        },
      ],
      limit: { value: 1.5, label: 'at most 1.5 s at p95' },
    },
  ],
});

export const sampleSlowPod = defineExperiment<Sizes, readonly number[]>({
  ...notRun,
  name: 'sample-slow-pod',
  question: 'Which policy spares a slow pod?',
  hypothesis: 'Round robin goes on feeding it; least request sees its calls pile up and gives it few.',
  read: (data) => phasesOf(data).map((phase) => shareOf(sentWithin(data.calls, phase))),
  claims: () => [
    {
      id: 'least-request',
      text: 'Its share under LEAST_REQUEST against ROUND_ROBIN.',
      threshold: { atMost: 0.3 },
      unit: 'ratio',
      measure: ([roundRobin = Number.NaN, leastRequest = Number.NaN]) => ({ value: leastRequest / roundRobin }),
    },
    {
      id: 'full-scan',
      text: 'Its share under a full scan against ROUND_ROBIN.',
      threshold: { atMost: 0.15 },
      unit: 'ratio',
      measure: ([roundRobin = Number.NaN, , fullScan = Number.NaN]) => ({ value: fullScan / roundRobin }),
    },
  ],
  figures: (data) => [
    {
      kind: 'share',
      id: 'shares',
      title: 'Shares under three policies',
      groups: phasesOf(data).map((phase) => ({ label: phase.name, span: phase })),
    },
    { kind: 'rate', id: 'calls', title: 'Calls per second by pod' },
    { kind: 'latency', id: 'latency', title: 'Latency under three policies' },
    {
      kind: 'bars',
      id: 'means',
      title: 'Share of the slow pod',
      unit: 'share',
      bars: phasesOf(data).map((phase) => ({
        label: phase.name,
        value: shareOf(sentWithin(data.calls, phase)),
        interval: {
          low: shareOf(sentWithin(data.calls, phase)) * 0.9,
          high: shareOf(sentWithin(data.calls, phase)) * 1.1,
        },
        expected: 0.2,
      })),
      limit: { value: 0.06, label: '0.3 × ROUND_ROBIN' },
    },
  ],
});

export const sampleCrash = defineExperiment<Sizes, readonly Call[]>({
  ...notRun,
  name: 'sample-crash',
  question: 'Do callers notice when a server pod is killed with calls in flight?',
  hypothesis: 'Calls that were on the dead pod are sent to another pod, within the same deadline.',
  read: ({ calls }) => calls,
  claims: () => [
    {
      id: 'failed',
      text: 'No call fails.',
      threshold: { equals: 0 },
      unit: 'calls',
      measure: (calls) => ({ value: failed(calls).length, detail: `of ${calls.length}` }),
    },
    {
      id: 'attempts',
      text: 'Upstreams are asked hardly more than once per call.',
      threshold: { atMost: 1.05 },
      unit: 'attempts',
      measure: (calls) => ({ value: attemptsPerCall(calls) }),
    },
  ],
  figures: ({ events }) => [
    { kind: 'rate', id: 'calls', title: 'The others take over within a second' },
    { kind: 'latency', id: 'latency', title: 'What a kill costs' },
    {
      kind: 'series',
      id: 'memory',
      title: 'Memory stays where it is',
      axis: 'MB',
      series: ['envoy-1', 'envoy-2'].map((name) => ({
        name,
        points: eventsOf(events, 'resources')
          .filter(({ subject }) => subject === name)
          .map(({ atMs, detail }) => ({ atMs, value: (detail?.residentBytes ?? 0) / 1e6 })),
      })),
    },
  ],
});

export const sampleAutoscale = defineExperiment<Sizes, readonly RunEvent[]>({
  ...notRun,
  name: 'sample-autoscale',
  question: 'Do pods follow the load?',
  hypothesis: 'The autoscaler aims at 0.3 calls/s per pod, so a step in the load brings load / 0.3 pods.',
  read: ({ events }) => events,
  claims: () => [
    {
      id: 'most-pods',
      text: 'As many pods as the load needs.',
      threshold: { equals: 8 },
      unit: 'pods',
      measure: (events) => ({
        value: Math.max(...eventsOf(events, 'replicas').map(({ detail }) => detail?.ready ?? 0)),
      }),
    },
  ],
  figures: () => [
    {
      kind: 'replicas',
      id: 'replicas',
      title: 'The metric, its target, and the pods',
      tier: 'grpc-server',
      metric: 'grpc_requests_per_second',
    },
    { kind: 'rate', id: 'calls', title: 'Calls per second by pod' },
  ],
});

export const SAMPLE_EXPERIMENTS = [sampleSpread, sampleScaleUp, sampleSlowPod, sampleCrash, sampleAutoscale];

function shareOf(calls: Parameters<typeof answersBy>[0]): number {
  const counts = answersBy(calls);
  return (counts.get('grpc-server-3') ?? 0) / [...counts.values()].reduce((sum, count) => sum + count, 0);
}
