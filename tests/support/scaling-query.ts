// Takes the query of a rule of the adapter apart, of which every part repeats the series and the windows of the others.
import assert from 'node:assert/strict';

export interface ScalingQuery {
  /** The part that gives numbers, on one line, without what says when there is an answer at all. */
  readonly load: string;
  /** What adds the series up: `sum`, `sum by (pod)`. */
  readonly add: string;
  /** The counter with its matchers. */
  readonly series: string;
  /** How far the newest rate looks back, and how far the steady one, s. */
  readonly newest: number;
  readonly steady: number;
  /** How many standard deviations of the newest rate are taken for chance. */
  readonly deviations: number;
  /** Over how many seconds the newest rate counts calls. */
  readonly counted: number;
  /** How far from the beginning of the steady window a reading must be, s. */
  readonly guard: number;
}

const LOAD =
  '(?<add>sum(?: by \\(\\S+\\))?) ?\\(rate\\((?<series>[^\\[]*)\\[(?<newest>\\d+)s\\]\\)\\)' +
  ' and on \\(\\) sum\\(rate\\(\\k<series>\\[\\k<newest>s\\]\\)\\)' +
  ' - (?<deviations>\\d+) \\* sqrt\\(sum\\(rate\\(\\k<series>\\[\\k<newest>s\\]\\)\\) / (?<counted>\\d+)\\)' +
  ' > sum\\(rate\\(\\k<series>\\[(?<steady>\\d+)s\\]\\)\\)' +
  ' or \\k<add> ?\\(rate\\(\\k<series>\\[\\k<steady>s\\]\\)\\)';
const GUARD = 'and on \\(\\) count_over_time\\(\\k<series>\\[(?<guard>\\d+)s\\] offset \\k<steady>s\\)';
const QUERY = new RegExp(`^\\( ?(?<load>${LOAD}) ?\\) ${GUARD}$`);

/** @param query a rule's, or one that has taken it over; what gives the answer a label is left out */
export function readScalingQuery(query: string): ScalingQuery {
  const line = query.replaceAll(/\s+/g, ' ').trim();
  const bare = line.replace(/^label_replace\( ?(.*), "[^"]*", "[^"]*", "", ""\)/, '($1)');
  const groups = QUERY.exec(bare)?.groups ?? assert.fail(`expected the form of the shipped rules, got ${line}`);
  const { load = '', add = '', series = '' } = groups;
  const [newest = 0, steady = 0, deviations = 0, counted = 0, guard = 0] = [
    groups.newest,
    groups.steady,
    groups.deviations,
    groups.counted,
    groups.guard,
  ].map(Number);
  return { load, add, series, newest, steady, deviations, counted, guard };
}
