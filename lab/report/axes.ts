// The axes that all charts share: thin rules, quiet labels, no ticks, everything in its place to the pixel.
import { themed } from '../../drawing/palette';
import { formatNumber } from './quantity';
import { formatSeconds, type Scale, timeStep } from './scale';

/** Room left of a plot for the labels of its vertical axis, and right of it for the end of the last time label, px. */
export const LEFT_PX = 52;
export const RIGHT_PX = 16;
/** Room below a plot for the labels of its horizontal axis, px. */
export const BOTTOM_PX = 24;

const label = { color: themed('quiet'), fontSize: 12, fontFamily: 'inherit' };
const rule = { show: true, lineStyle: { color: themed('rule'), width: 1 } };
const hidden = { show: false };
const numbers = {
  axisLine: hidden,
  axisTick: hidden,
  splitLine: rule,
  axisLabel: { ...label, formatter: (value: number) => formatNumber(value, 3) },
};

/** Exactly there: the library would make a plot smaller for a label that does not fit, away from what is drawn over it. */
export function gridAt(left: number, top: number, width: number, height: number) {
  return { left, top, width, height, outerBoundsMode: 'none' as const };
}

/** Seconds since the start of the span. `isLabelled` is false where a panel below has the labels. */
export function timeAxis(seconds: number, widthPx: number, gridIndex = 0, isLabelled = true) {
  return {
    type: 'value' as const,
    gridIndex,
    min: 0,
    max: seconds,
    interval: timeStep(seconds, widthPx),
    axisLine: { show: true, onZero: false, lineStyle: { color: themed('mark'), width: 1 } },
    axisTick: isLabelled ? { show: true, length: 4, lineStyle: { color: themed('mark') } } : hidden,
    splitLine: hidden,
    axisLabel: {
      ...label,
      show: isLabelled,
      // The library also labels the end of the axis, wherever that falls.
      formatter: (value: number) => (isStep(value, timeStep(seconds, widthPx)) ? formatSeconds(value, seconds) : ''),
    },
  };
}

/** A vertical axis of plain numbers. */
export function valueAxis({ min, max, step }: Scale, gridIndex = 0) {
  return {
    type: 'value' as const,
    gridIndex,
    min,
    max,
    interval: step,
    ...numbers,
  };
}

/** A vertical axis whose labels are powers of ten. */
export function logAxis({ min, max }: Scale, gridIndex = 0) {
  return {
    type: 'log' as const,
    logBase: 10,
    gridIndex,
    min,
    max,
    ...numbers,
  };
}

/** Names from top to bottom. */
export function nameAxis(names: readonly string[], gridIndex = 0) {
  return {
    type: 'category' as const,
    gridIndex,
    data: [...names],
    inverse: true,
    axisLine: { show: true, lineStyle: { color: themed('mark'), width: 1 } },
    axisTick: hidden,
    splitLine: hidden,
    axisLabel: { ...label, color: themed('ink'), interval: 0 },
  };
}

/** The left edge of rows that are drawn to the pixel. */
export function rowAxis(max: number) {
  return {
    type: 'value' as const,
    min: 0,
    max,
    inverse: true,
    axisLine: { show: true, lineStyle: { color: themed('mark'), width: 1 } },
    axisTick: hidden,
    splitLine: hidden,
    axisLabel: hidden,
  };
}

function isStep(value: number, step: number): boolean {
  return Math.abs(value / step - Math.round(value / step)) < 1e-6;
}
