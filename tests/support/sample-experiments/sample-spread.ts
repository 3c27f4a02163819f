// Evenness over three pods.

import { defineExperiment } from '../../../lab/experiments/define-experiment';
import type { Call } from '../../../lab/records/call';
import type { Sizes } from '../../../lab/records/params';
import { answersBy, failed, latenciesMs } from '../../../lab/records/selection';
import { percentile } from '../../../lab/statistics/percentile';
import { upperBoundOfZero } from '../../../lab/statistics/proportion';
import { roundRobinBound, spreadOf } from '../../../lab/statistics/round-robin-bound';
import { worstWindow } from '../../../lab/statistics/worst-window';
import { jainIndex } from '../../../runtime/evenness';
import { notRun } from './not-run';

interface SpreadFacts {
  readonly calls: readonly Call[];
  readonly counts: ReadonlyMap<string, number>;
}

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
