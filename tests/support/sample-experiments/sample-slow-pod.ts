// A slow pod under three policies.
import { defineExperiment } from '../../../lab/experiments/define-experiment';
import type { Sizes } from '../../../lab/records/params';
import { phasesOf } from '../../../lab/records/phases';
import { answersBy, sentWithin } from '../../../lab/records/selection';
import { notRun } from './not-run';

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

function shareOf(calls: Parameters<typeof answersBy>[0]): number {
  const counts = answersBy(calls);
  return (counts.get('grpc-server-3') ?? 0) / [...counts.values()].reduce((sum, count) => sum + count, 0);
}
