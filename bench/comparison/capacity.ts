// How much a row of a ladder carries, and which target of an autoscaler follows from it.
import { median } from '../../lab/statistics/percentile';
import type { BenchRecord, SuiteFacts } from '../records/record';
import { isCarried, type Sample } from '../records/sample';

export interface Capacity {
  readonly id: string;
  readonly label: string;
  /** The highest rate that was carried, the median over blocks; the lowest and the highest of them. */
  readonly callsPerSecond: number;
  readonly low: number;
  readonly high: number;
  readonly blocks: number;
}

export function capacities({ suites, samples }: Pick<BenchRecord, 'suites' | 'samples'>): readonly Capacity[] {
  const suite = suites.find(({ isLadder }) => isLadder);
  if (suite === undefined) return [];
  return suite.rows.flatMap(({ id, label }) => {
    const carried = blocksOf(suite, id, samples).map(highestCarried);
    if (carried.length === 0) return [];
    return [
      {
        id,
        label,
        callsPerSecond: median(carried),
        low: Math.min(...carried),
        high: Math.max(...carried),
        blocks: carried.length,
      },
    ];
  });
}

function blocksOf({ id }: SuiteFacts, row: string, samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const blocks = new Map<string, Sample[]>();
  for (const sample of samples.filter((each) => each.suite === id && each.row === row)) {
    const key = `${sample.round} ${sample.half} ${sample.attempt}`;
    blocks.set(key, [...(blocks.get(key) ?? []), sample]);
  }
  return [...blocks.values()].filter((block) => block.every(({ dropped }) => dropped === undefined));
}

/** Of a ladder, which ends at the first rate that is missed twice. 0 where not even the lowest rate was carried. */
export function highestCarried(block: readonly Sample[]): number {
  return block.filter(isCarried).at(-1)?.askedPerSecond ?? 0;
}

/** Pods that the autoscalers keep at least; the loss of one of them falls on the others. */
export interface Growth {
  readonly fewestPods: number;
  /** How many times more calls may come while a new pod is on its way: 1.3 is 30 % more. */
  readonly growth: number;
}

/**
 * Calls per second and pod that leave room for the loss of a pod and for growth at the same time:
 * capacity ÷ (n ÷ (n − 1)) ÷ growth, with n pods.
 */
export function target(capacity: number, { fewestPods, growth }: Growth): number {
  return (capacity * (fewestPods - 1)) / fewestPods / growth;
}
