// What an experiment asks the report to draw: its content, never its looks.

import type { Unit } from './records/claim';
import type { EventKind, Tier } from './records/event';
import type { TimeSpan } from './records/selection';

interface BaseFigure {
  /** kebab-case, unique within the run: the name of the SVG file. */
  readonly id: string;
  /** What it shows, as a short sentence without a full stop. */
  readonly title: string;
  /** One or two sentences below the figure: what to look at, what was left out. */
  readonly caption?: string;
}

interface TimeFigure extends BaseFigure {
  /** Only calls of these loads; default all. */
  readonly loads?: readonly string[];
  /** Only this part of the run; default the time in which calls were sent. */
  readonly span?: TimeSpan;
  /** Which kinds of events are marked; default those that change the system (see MARKED_KINDS). */
  readonly marks?: readonly EventKind[];
}

/** Answered calls per second over time, stacked by server pod, or by Envoy (`via`). */
export interface RateFigure extends TimeFigure {
  readonly kind: 'rate';
  readonly by?: 'pod' | 'via';
  /** Pods that are named even if they answered nothing. */
  readonly pods?: readonly string[];
  /** Calls per second that the axis shows at least, for figures that are compared. */
  readonly reaches?: number;
}

/** The share of OK answers of each pod, with the fair share as a line; one panel per group. */
export interface ShareFigure extends BaseFigure {
  readonly kind: 'share';
  readonly by?: 'pod' | 'via';
  /** Default: one group with all calls. */
  readonly groups?: readonly ShareGroup[];
}

export interface ShareGroup {
  readonly label: string;
  readonly loads?: readonly string[];
  readonly span?: TimeSpan;
  /** Pods that must be counted even if they answered nothing. */
  readonly pods?: readonly string[];
}

/** p50 and p99 of OK answers over time on a logarithmic axis; seconds with failed calls are marked. */
export interface LatencyFigure extends TimeFigure {
  readonly kind: 'latency';
}

/** Top: offered load, or a metric with its target. Bottom: wanted and ready pods of a tier. */
export interface ReplicasFigure extends TimeFigure {
  readonly kind: 'replicas';
  readonly tier: Tier;
  /** Name of the `metric` events to draw in place of the calls per second. */
  readonly metric?: string;
}

/** One number per variant, side by side, with its interval. */
export interface BarsFigure extends BaseFigure {
  readonly kind: 'bars';
  readonly unit: Unit;
  readonly bars: readonly Bar[];
  readonly limit?: Limit;
  /** Logarithmic, for values of different orders of magnitude; needs positive values. */
  readonly isLogarithmic?: boolean;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly interval?: { readonly low: number; readonly high: number };
  /** The theoretical value, drawn as a tick. */
  readonly expected?: number;
}

/** Every single measurement as a dot, one row per group: repetitions of an event. */
export interface DotsFigure extends BaseFigure {
  readonly kind: 'dots';
  readonly unit: Unit;
  readonly groups: readonly { readonly label: string; readonly values: readonly number[] }[];
  readonly limit?: Limit;
}

/** Any numbers over time: memory, descriptors, streams. */
export interface SeriesFigure extends TimeFigure {
  readonly kind: 'series';
  /** The label of the axis: `memory (MB)`. */
  readonly axis: string;
  readonly series: readonly { readonly name: string; readonly points: readonly SeriesPoint[] }[];
}

export interface SeriesPoint {
  /** ms since the epoch. */
  readonly atMs: number;
  readonly value: number;
}

/** A threshold, drawn as a line with a name. */
export interface Limit {
  readonly value: number;
  readonly label: string;
}

export type Figure = RateFigure | ShareFigure | LatencyFigure | ReplicasFigure | BarsFigure | DotsFigure | SeriesFigure;
