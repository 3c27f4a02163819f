// Is a series flat? The slope of Theil and Sen: the median of the slopes between all pairs of points, which a few
// outliers (a garbage collection, a busy neighbour) cannot move.
import type { Interval } from './interval';
import { twoSidedZ } from './normal';
import { median, sorted } from './percentile';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Trend {
  /** Change of y per unit of x, with Sen's interval from Kendall's statistic. */
  readonly slope: Interval;
  /** median(y) − slope · median(x). */
  readonly intercept: number;
}

/** Series longer than this are thinned evenly: all pairs of 1,000 points are half a million slopes. */
const MAX_POINTS = 1000;

/** Needs two points or more with different x; otherwise the slope is NaN. */
export function theilSenTrend(points: readonly Point[], confidence = 0.95): Trend {
  const used = thinned(points);
  const slopes: number[] = [];
  used.forEach((left, index) => {
    for (const right of used.slice(index + 1)) {
      if (left.x !== right.x) slopes.push((right.y - left.y) / (right.x - left.x));
    }
  });
  const ascending = sorted(slopes);
  const slope = median(slopes);
  const half = twoSidedZ(confidence) * Math.sqrt(kendallVariance(used));
  const at = (rank: number) => ascending[Math.max(0, Math.min(ascending.length - 1, rank))] ?? Number.NaN;
  return {
    slope: {
      low: at(Math.round((ascending.length - half) / 2) - 1),
      estimate: slope,
      high: at(Math.round((ascending.length + half) / 2)),
      confidence,
    },
    intercept: median(used.map(({ y }) => y)) - slope * median(used.map(({ x }) => x)),
  };
}

/** The variance of Kendall's S, with the correction for tied values of either coordinate. */
export function kendallVariance(points: readonly Point[]): number {
  const term = (n: number) => n * (n - 1) * (2 * n + 5);
  const ties = (values: readonly number[]) => {
    const groups = new Map<number, number>();
    for (const value of values) groups.set(value, (groups.get(value) ?? 0) + 1);
    return [...groups.values()].reduce((sum, size) => sum + term(size), 0);
  };
  return (term(points.length) - ties(points.map(({ x }) => x)) - ties(points.map(({ y }) => y))) / 18;
}

function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= MAX_POINTS) return points;
  const step = (points.length - 1) / (MAX_POINTS - 1);
  return Array.from({ length: MAX_POINTS }, (_, index) => points[Math.round(index * step)] as Point);
}
