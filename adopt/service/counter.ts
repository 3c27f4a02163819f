// A server's own counter of calls as --counter has it: the name of the series, and which of them count.
import { callCounter, countsHealth } from '../../prometheus-text/call-counters';

export interface Counter {
  readonly series: string;
  /** `label!="x",…`, or nothing. */
  readonly matchers: string;
}

/** @param text `NAME_total` or `NAME_total{matchers}` */
export function readCounter(text: string): Counter {
  const [series = '', matchers = ''] = text.split(/[{}]/);
  return { series, matchers };
}

/**
 * The counter with a matcher that leaves health checks out, where it is one of a library that is known.
 * Undefined: nothing tells whether they are in it.
 */
export function withoutHealth(text: string): string | undefined {
  const { series, matchers } = readCounter(text);
  const known = callCounter(series);
  if (known === undefined) return matchers === '' ? undefined : text;
  if (countsHealth(known, matchers) === false) return text;
  return `${series}{${[matchers, known.withoutHealth].filter(Boolean).join(',')}}`;
}
