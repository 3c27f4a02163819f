// A server's own counter of calls as --counter has it: the name of the series, and which of them count.

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
