// The order of blocks in a round: every row once in an order that is drawn, then once in reverse. Whatever drifts evenly
// over a round, such as the machine's temperature, weighs the same on every row.
import { type Random, shuffled } from '../../lab/statistics/seeded-random';

export interface Place<T> {
  readonly row: T;
  readonly half: 1 | 2;
}

/** A B C C B A, in an order drawn from `random`. */
export function palindrome<T>(rows: readonly T[], random: Random): readonly Place<T>[] {
  const order = shuffled(random, rows);
  return [
    ...order.map((row) => ({ row, half: 1 as const })),
    ...order.toReversed().map((row) => ({ row, half: 2 as const })),
  ];
}
