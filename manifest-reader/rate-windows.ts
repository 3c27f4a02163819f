// The windows of a query's rates: how far each of them looks back.

const RATE = /\b(rate\([^[\]]*)\[(\d+)(ms|s|m|h)\]/g;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * The query with all of its rates over one window: the longest or the shortest that one of them has. Of several queries in
 * one text, such as the adapter's configuration, it is that of all of them.
 * @throws Error when there is no rate with a window
 */
export function overOneWindow(query: string, which: 'longest' | 'shortest'): string {
  const windows = [...query.matchAll(RATE)]
    .map(([, , count, unit = '']) => ({ text: `${count}${unit}`, ms: Number(count) * (UNIT_MS[unit] ?? 0) }))
    .sort((one, other) => one.ms - other.ms);
  const window = which === 'longest' ? windows.at(-1) : windows[0];
  if (window === undefined) throw new Error(`cannot change the windows: expected a rate(…[30s]), got ${query}`);
  return query.replaceAll(RATE, `$1[${window.text}]`);
}
