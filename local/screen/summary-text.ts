// The summary of a run as people read it. The figures are defined in client/summary.ts.
import type { Latencies, Summary } from '../../client/summary';
import { formatElapsed } from '../../command-line/duration';

const LABEL_WIDTH = 19;

export interface SummaryContext {
  readonly elapsedMs: number;
  /** Whether the same pods ran all the time; else unequal counts say nothing about balance. */
  readonly hadSamePods: boolean;
}

/** What can be said of calls that Envoys counted: neither by which status they failed nor how long they took. */
export interface CountedSummary extends Omit<Summary, NotCounted> {
  readonly countedBy: 'envoy';
}

type NotCounted = 'byCode' | 'latencyMs' | 'latencyFromDueMs' | 'behindSchedule' | 'neverSent';

export function countedSummary(summary: Summary): CountedSummary {
  const { byCode, latencyMs, latencyFromDueMs, behindSchedule, neverSent, ...counted } = summary;
  return { countedBy: 'envoy', ...counted };
}

export function formatSummary(summary: Summary | CountedSummary, { elapsedMs, hadSamePods }: SummaryContext): string {
  const { calls, ok, failed, pods, envoys, jain, cv, maxOverMean } = summary;
  const codes = 'byCode' in summary ? Object.entries(summary.byCode).filter(([code]) => code !== 'OK') : [];
  const figure = (value: number | null, digits: number) => (value === null ? '-' : value.toFixed(digits));
  const nameWidth = Math.max(0, ...[...Object.keys(pods), ...Object.keys(envoys)].map((name) => name.length)) + 2;
  const lines: [string, string][] = [
    ['calls', `${calls} in ${formatElapsed(elapsedMs)}`],
    ['ok', String(ok)],
    [
      'failed',
      codes.length === 0 ? String(failed) : `${failed}  (${codes.map(([code, n]) => `${code} ${n}`).join(', ')})`,
    ],
    ...shares('pods', pods, nameWidth),
    ...shares('envoys', envoys, nameWidth),
    [
      'evenness of pods',
      `Jain ${figure(jain, 6)} (1 is perfect)   cv ${figure(cv, 4)} (0 is)   max/mean ${figure(maxOverMean, 4)} (1 is)`,
    ],
    ...(hadSamePods ? [] : [['', 'pods came and went, so these figures do not judge the balance'] as [string, string]]),
    ...('latencyMs' in summary ? timesOf(summary) : []),
    ['attempts per call', figure(summary.attemptsPerCall, 3)],
    'behindSchedule' in summary
      ? ['behind schedule', latenessOf(summary)]
      : ['counted by', 'the Envoys: this client writes no ledger'],
  ];
  return ['', 'Summary', ...lines.map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)}${text}`), ''].join('\n');
}

function timesOf({ latencyMs, latencyFromDueMs }: Summary): [string, string][] {
  return [
    ['latency', percentiles(latencyMs)],
    ['from when due', percentiles(latencyFromDueMs)],
  ];
}

function latenessOf({ behindSchedule, neverSent }: Summary): string {
  return neverSent === 0 ? String(behindSchedule) : `${behindSchedule}  (never sent ${neverSent})`;
}

function percentiles({ p50, p90, p99, max }: Latencies): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return `p50 ${ms(p50)}   p90 ${ms(p90)}   p99 ${ms(p99)}   max ${ms(max)}`;
}

function shares(label: string, counts: Readonly<Record<string, number>>, nameWidth: number): [string, string][] {
  const entries = Object.entries(counts);
  const total = entries.reduce((sum, [, n]) => sum + n, 0);
  if (entries.length === 0) return [[label, 'none answered']];
  return entries.map(([name, n], at) => {
    const percent = total === 0 ? 0 : (n / total) * 100;
    return [
      at === 0 ? label : '',
      `${name.padEnd(nameWidth)}${String(n).padStart(8)}  ${percent.toFixed(2).padStart(6)} %`,
    ];
  });
}
