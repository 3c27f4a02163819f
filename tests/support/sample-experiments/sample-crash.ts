// Pods that are killed.
import { defineExperiment } from '../../../lab/experiments/define-experiment';
import type { Call } from '../../../lab/records/call';
import { eventsOf } from '../../../lab/records/event';
import type { Sizes } from '../../../lab/records/params';
import { attemptsPerCall, failed } from '../../../lab/records/selection';
import { notRun } from './not-run';

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
