// Pods that come.
import { defineExperiment } from '../../../lab/experiments/define-experiment';
import { firstCallAfterMs } from '../../../lab/records/arrival';
import { eventsOf } from '../../../lab/records/event';
import type { Sizes } from '../../../lab/records/params';
import type { RunData } from '../../../lab/records/run-data';
import { failed } from '../../../lab/records/selection';
import { percentile } from '../../../lab/statistics/percentile';
import { notRun } from './not-run';

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
