// What must hold in CI. Ratios of CPU time alone, and with room for the noise that this very run measured: a machine
// that is slow or busy must not fail a change that did nothing.
import type { BenchRecord, LoadFacts, SuiteFacts } from '../records/record';
import { BEHIND, type Sample } from '../records/sample';
import { capacities } from './capacity';
import { compareRows } from './compare-rows';

export interface Gate {
  readonly suite: string;
  readonly row: string;
  readonly base: string;
  readonly load: string;
  /** Most CPU time per call, divided by the base's. */
  readonly most: number;
}

export const GATES: readonly Gate[] = [
  { suite: 'servers', row: 'ours', base: 'bare', load: 'fixed-4', most: 1.25 },
  { suite: 'paths', row: 'envoy', base: 'envoy-tutorial', load: 'fixed-10', most: 1.15 },
];

export interface Judged extends Gate {
  readonly holds: boolean;
  readonly text: string;
}

/** Fails only where even the interval's good end is over the limit by more than two copies of one program differ. */
export function judge({ suites, samples }: BenchRecord, gates: readonly Gate[] = GATES): readonly Judged[] {
  return gates.flatMap((gate) => {
    const suite = suites.find(({ id }) => id === gate.suite);
    const has = (row: string) => suite?.rows.some(({ id }) => id === row);
    if (suite === undefined || !has(gate.row) || !has(gate.base)) return [];
    const ratio = compareRows(suite, gate.load, samples, gate.base).find(({ id }) => id === gate.row)?.cpuRatio;
    const noise = compareRows(suite, gate.load, samples).find(({ id }) => id === suite.control)?.cpuRatio;
    if (ratio === undefined || noise === undefined) return [];
    const room = Math.max(noise.high, 1 / noise.low, 1);
    const limit = gate.most * room;
    const holds = ratio.low <= limit;
    const interval = `${ratio.estimate.toFixed(2)} [${ratio.low.toFixed(2)}, ${ratio.high.toFixed(2)}]`;
    const text = `${gate.row} / ${gate.base}: ${interval}, at most ${gate.most} × ${room.toFixed(2)} for noise`;
    return [{ ...gate, holds, text }];
  });
}

/** Rows without a number where there should be one. That a row cannot keep the rate is a result, except for the base. */
export function voidRows({ suites, samples }: Pick<BenchRecord, 'suites' | 'samples'>): readonly string[] {
  const ladder = capacities({ suites, samples })
    .filter(({ callsPerSecond }) => callsPerSecond === 0)
    .map(({ label }) => `${label} carries not even the lowest rate in most blocks`);
  const compared = suites
    .filter(({ isLadder }) => !isLadder)
    .flatMap((suite) =>
      suite.loads.flatMap((load) =>
        compareRows(suite, load.id, samples)
          .filter(({ id, p50Ratio }) => p50Ratio === undefined && !canNotKeepUp(suite, load, samples, id))
          .map(({ id, rounds }) => `${suite.id}, ${load.label}: ${id}: ${rounds} of ${suite.rounds} rounds are left`),
      ),
    );
  return [...compared, ...ladder];
}

function canNotKeepUp(suite: SuiteFacts, load: LoadFacts, samples: readonly Sample[], row: string): boolean {
  if (row === suite.base) return false;
  const counted = samples.map((each) => (each.row === row && each.dropped === BEHIND ? kept(each) : each));
  return compareRows(suite, load.id, counted).find(({ id }) => id === row)?.p50Ratio !== undefined;
}

const kept = ({ dropped: _, ...sample }: Sample): Sample => sample;
