// Pods that follow the load.
import { defineExperiment } from '../../../lab/experiments/define-experiment';
import { eventsOf, type RunEvent } from '../../../lab/records/event';
import type { Sizes } from '../../../lab/records/params';
import { notRun } from './not-run';

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
