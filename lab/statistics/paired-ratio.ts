// Compares two variants that were measured in turns (A B B A), so that drift of the machine cancels within each block.
import { type BootstrapOptions, bootstrapInterval } from './bootstrap';
import type { Interval } from './interval';
import { geometricMean, median } from './percentile';

/** One block: what was measured of each variant, back to back. Positive numbers in one unit. */
export interface PairedBlock {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** geometric mean(A) / geometric mean(B) of one block: below 1 where A is smaller. */
export function blockRatio({ a, b }: PairedBlock): number {
  return geometricMean(a) / geometricMean(b);
}

/** The median of the block ratios with a bootstrap interval over blocks (percentile method by default). */
export function pairedRatio(blocks: readonly PairedBlock[], options: BootstrapOptions = {}): Interval {
  if (blocks.length === 0) throw new RangeError('cannot compare variants: expected one block or more, got none');
  return bootstrapInterval(blocks.map(blockRatio), median, { method: 'percentile', ...options });
}

/** The order of runs within block: A B B A, or B A A B, drawn again for each block. */
export function blockOrder(random: () => number): readonly ('a' | 'b')[] {
  return random() < 0.5 ? ['a', 'b', 'b', 'a'] : ['b', 'a', 'a', 'b'];
}
