// Numbers as the tables write them: as many digits as they carry, and intervals that show what is known.
import type { Interval } from '../../lab/statistics/interval';

export function ratio(interval: Interval | undefined): string {
  if (interval === undefined) return '–';
  const { estimate, low, high } = interval;
  return `${estimate.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

/** Three digits, thousands set apart. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
  const rounded = digits > 3 ? Math.round(value / 10 ** (digits - 3)) * 10 ** (digits - 3) : value;
  return rounded.toLocaleString('en-US', { maximumFractionDigits: Math.max(0, Math.min(2, 3 - digits)) });
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
