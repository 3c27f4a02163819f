// An interval around a measured number, and how a claim reads it.

/** Both ends included; `estimate` lies within. */
export interface Interval {
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
  /** How often such an interval covers the truth: 0.95. */
  readonly confidence: number;
}

export function contains({ low, high }: Pick<Interval, 'low' | 'high'>, value: number): boolean {
  return value >= low && value <= high;
}
