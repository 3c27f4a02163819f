/** The most of `timesMs`, which ascend, within any time of that length. */
export function mostWithin(timesMs: readonly number[], lengthMs: number): number {
  let first = 0;
  return timesMs.reduce((most, timeMs, index) => {
    while (timeMs - (timesMs[first] as number) >= lengthMs) first += 1;
    return Math.max(most, index - first + 1);
  }, 0);
}
