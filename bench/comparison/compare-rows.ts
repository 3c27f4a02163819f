// From samples to the numbers of the tables. A row is compared with the base within each round, and only where both have
// both blocks: what a busy moment spoilt is left out on both sides.
import type { Interval } from '../../lab/statistics/interval';
import { blockRatio } from '../../lab/statistics/paired-ratio';
import { median } from '../../lab/statistics/percentile';
import { signInterval } from '../../lab/statistics/sign-interval';
import type { SuiteFacts } from '../records/record';
import { BEHIND, cpuPerCall, failedCalls, type Sample } from '../records/sample';

/** Fewer rounds give no number. */
export const FEWEST_ROUNDS = 3;

export interface ComparedRow {
  readonly id: string;
  /** Rounds that count. */
  readonly rounds: number;
  /** CPU time per call divided by the base's; undefined where too few rounds are left. */
  readonly cpuRatio: Interval | undefined;
  /** Of the base itself it is the median, as of every row: µs per call. */
  readonly cpuUs: number;
  readonly callsPerSecond: number;
  readonly callsPerSecondRatio: Interval | undefined;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p50Ratio: Interval | undefined;
  readonly memoryMib: number;
  readonly failed: number;
  /** Stretches that others spoilt. */
  readonly dropped: number;
  /** Stretches in which it did not keep the asked rate. */
  readonly behind: number;
}

/** Every row of `suite` under `load`, in its order. @param base another row to divide by */
export function compareRows(
  suite: SuiteFacts,
  load: string,
  all: readonly Sample[],
  base: string = suite.base,
): readonly ComparedRow[] {
  const samples = all.filter((sample) => sample.suite === suite.id && sample.load === load);
  return suite.rows.map(({ id }) => {
    const own = samples.filter(({ row }) => row === id);
    const kept = own.filter(({ dropped }) => dropped === undefined);
    const middle = (value: (sample: Sample) => number) => median(kept.map(value));
    const ratio = (value: (sample: Sample) => number) => ratioOver(rounds(samples, id, base), value);
    return {
      id,
      rounds: rounds(samples, id, base).length,
      cpuRatio: ratio((sample) => cpuPerCall(sample, suite.hop)),
      cpuUs: middle((sample) => cpuPerCall(sample, suite.hop)),
      callsPerSecond: middle(({ ok, seconds }) => ok / seconds),
      callsPerSecondRatio: ratio(({ ok, seconds }) => ok / seconds),
      p50Ms: middle(({ p50Ms }) => p50Ms),
      p99Ms: middle(({ p99Ms }) => p99Ms),
      p50Ratio: ratio(({ p50Ms }) => p50Ms),
      memoryMib: middle(({ hops }) => hops[suite.hop]?.memoryMib ?? Number.NaN),
      failed: own.reduce((sum, sample) => sum + failedCalls(sample), 0),
      dropped: own.filter(({ dropped }) => dropped !== undefined && dropped !== BEHIND).length,
      behind: own.filter(({ dropped }) => dropped === BEHIND).length,
    };
  });
}

interface Round {
  readonly own: readonly Sample[];
  readonly base: readonly Sample[];
}

function rounds(samples: readonly Sample[], row: string, base: string): readonly Round[] {
  const numbers = [...new Set(samples.map(({ round }) => round))];
  const both = (id: string, round: number) => {
    const kept = samples.filter((each) => each.row === id && each.round === round && each.dropped === undefined);
    return [1, 2].every((half) => kept.some((each) => each.half === half)) ? kept : undefined;
  };
  return numbers.flatMap((round) => {
    const [own, beside] = [both(row, round), both(base, round)];
    return own && beside ? [{ own, base: beside }] : [];
  });
}

function ratioOver(found: readonly Round[], value: (sample: Sample) => number): Interval | undefined {
  const ratios = found.map(({ own, base }) => blockRatio({ a: own.map(value), b: base.map(value) }));
  return ratios.length < FEWEST_ROUNDS || ratios.some(Number.isNaN) ? undefined : signInterval(ratios);
}
