// Numbers as a reader wants them: with their unit, as many digits as they carry, and thousands set apart.
import type { Threshold, Unit } from '../records/claim';

interface UnitStyle {
  /** Follows the number after a space; empty for a bare number. */
  readonly suffix: string;
  /** Multiplied before it is shown. */
  readonly factor: number;
  /** Most decimals that are shown. */
  readonly decimals: number;
}

const plain = (suffix: string, decimals = 2): UnitStyle => ({ suffix, factor: 1, decimals });

const UNITS: Readonly<Record<Unit, UnitStyle>> = {
  calls: plain('calls', 1),
  claims: plain('claims', 0),
  events: plain('events', 0),
  pods: plain('pods', 1),
  streams: plain('streams', 0),
  clients: plain('clients', 0),
  attempts: plain('attempts', 3),
  ms: plain('ms'),
  s: plain('s'),
  'ms/call': plain('ms/call', 3),
  'calls/s': plain('calls/s', 1),
  'MB/min': plain('MB/min', 3),
  'descriptors/min': plain('descriptors/min', 3),
  share: { suffix: '%', factor: 100, decimals: 2 },
  points: { suffix: 'points', factor: 100, decimals: 2 },
  ratio: plain('×', 4),
  index: plain('', 6),
};

/** `calls`, but not `ms` and `s`. */
const PLURAL = /^([a-z]{3,})s$/;

/** Keeps a number and its unit on one line. */
const NO_BREAK = '\u00a0';
/** The first digits of a number that matter, where decimals leave a choice. */
const DIGITS = 3;

/** `1,234.5`; NaN and infinity as words. Rounded to `decimals`, and to no more decimals than three digits need. */
export function formatNumber(value: number, decimals = 2): string {
  if (Number.isNaN(value)) return 'not measured';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const before = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
  const useful = before > 0 ? Math.max(0, DIGITS - before) : DIGITS - before;
  const digits = decimals >= 4 ? decimals : Math.min(decimals, useful);
  const text = value.toLocaleString('en-US', { maximumFractionDigits: digits });
  return (text === '-0' ? '0' : text).replace('-', '−');
}

/** `1.5 s`, `33.3 %`, `0.999998`. */
export function formatQuantity(value: number | null, unit: Unit): string {
  if (value === null || !Number.isFinite(value)) return value === null ? 'not measured' : formatNumber(value);
  const { suffix, factor, decimals } = UNITS[unit];
  const number = formatNumber(value * factor, decimals);
  if (suffix === '') return number;
  return `${number}${NO_BREAK}${number === '1' ? suffix.replace(PLURAL, '$1') : suffix}`;
}

export function formatInterval({ low, high }: { readonly low: number; readonly high: number }, unit: Unit): string {
  const { suffix, factor, decimals } = UNITS[unit];
  const range = `${formatNumber(low * factor, decimals)} to ${formatNumber(high * factor, decimals)}`;
  return suffix === '' ? range : `${range}${NO_BREAK}${suffix}`;
}

/** `≤ 1.5 s`, `= 0 calls`, `0.1 to 0.3`, or `reported` where nothing is promised. */
export function formatThreshold(threshold: Threshold, unit: Unit): string {
  if ('atMost' in threshold) return `≤${NO_BREAK}${formatQuantity(threshold.atMost, unit)}`;
  if ('atLeast' in threshold) return `≥${NO_BREAK}${formatQuantity(threshold.atLeast, unit)}`;
  if ('equals' in threshold) return `=${NO_BREAK}${formatQuantity(threshold.equals, unit)}`;
  if ('between' in threshold) {
    return formatInterval({ low: threshold.between[0], high: threshold.between[1] }, unit);
  }
  return 'reported';
}

/** What an axis of this unit multiplies its values by, and writes behind them. */
export function axisUnit(unit: Unit): { readonly factor: number; readonly suffix: string } {
  const { factor, suffix } = UNITS[unit];
  return { factor, suffix };
}

/** `12.5 s`, `3 min 20 s`: for durations of runs. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${formatNumber(seconds, 1)}${NO_BREAK}s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}${NO_BREAK}min ${Math.round(seconds - minutes * 60)}${NO_BREAK}s`;
}

/** `1 March 2026, 12:00 UTC`. */
export function formatDate(iso: string): string {
  const date = new Date(iso);
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${iso.slice(11, 16)} UTC`;
}
