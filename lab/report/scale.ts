// Axes with round numbers, computed here so that a chart never depends on what a library thinks is nice.

export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** From 0 to the first round number that is not below `highest`, in at most `mostSteps` steps of 1, 2 or 5 · 10^k. */
export function scaleFromZero(highest: number, mostSteps = 5): Scale {
  if (!(highest > 0)) return { min: 0, max: 1, step: 1 };
  const power = 10 ** Math.floor(Math.log10(highest / mostSteps));
  const step = [1, 2, 5, 10, 20].map((factor) => factor * power).find((size) => highest / size <= mostSteps) as number;
  return { min: 0, max: Math.ceil(highest / step - 1e-9) * step, step };
}

/** Whole numbers only: for counts of pods. */
export function countScale(highest: number, mostSteps = 5): Scale {
  const { step } = scaleFromZero(Math.max(highest, 1), mostSteps);
  const whole = Math.max(1, Math.ceil(step));
  return { min: 0, max: Math.max(1, Math.ceil(highest / whole)) * whole, step: whole };
}

/** Powers of ten around positive values: for a logarithmic axis. `step` is the factor. */
export function logScale(lowest: number, highest: number): Scale {
  if (!(lowest > 0 && highest >= lowest)) return { min: 1, max: 10, step: 10 };
  const min = 10 ** Math.floor(Math.log10(lowest) + 1e-9);
  const max = 10 ** Math.ceil(Math.log10(highest) - 1e-9);
  return { min, max: max > min ? max : min * 10, step: 10 };
}

/** The step of a time axis, s, so that labels are about `gapPx` apart. */
export function timeStep(seconds: number, widthPx: number, gapPx = 70): number {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
  const most = Math.max(1, widthPx / gapPx);
  return steps.find((step) => seconds / step <= most) ?? Math.ceil(seconds / most);
}

/** `20 s`, or `3:20` on axes of more than three minutes. */
export function formatSeconds(seconds: number, longest: number): string {
  if (longest <= 180) return `${Number(seconds.toFixed(2))} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** The least and the greatest of any number of values; NaN is left out. Infinity and −Infinity for none. */
export function extent(values: Iterable<number>): { readonly least: number; readonly greatest: number } {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}
