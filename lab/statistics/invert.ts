// Finds where an increasing function takes a value. Slow and certain: quantiles are asked for a few times per report.

/** The x in [low, high] with f(x) = target, by bisection down to the resolution of doubles. */
export function invertIncreasing(f: (x: number) => number, target: number, low: number, high: number): number {
  let below = low;
  let above = high;
  for (let step = 0; step < 200; step += 1) {
    const middle = below + (above - below) / 2;
    if (middle === below || middle === above) break;
    if (f(middle) < target) below = middle;
    else above = middle;
  }
  return below + (above - below) / 2;
}
