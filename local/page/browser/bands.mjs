// The geometry of the charts: stacked bands over the last minute. Pure; knows no document.

/** Slots at the right end that are not over: their calls are still coming in. */
const UNFINISHED = 2;

/**
 * @param slots of one lane, by time
 * @param field `pods` or `envoys`
 * @returns the times of the columns (slot numbers), and for each name its calls per second in each column
 */
export function bandsOf(slots, field, { atMs, slotMs, windowMs }) {
  const last = Math.floor(atMs / slotMs) - UNFINISHED;
  const columns = Array.from({ length: windowMs / slotMs }, (_, n) => last - windowMs / slotMs + 1 + n);
  const names = new Set();
  for (const at of columns) for (const name of Object.keys(slots.get(at)?.[field] ?? {})) names.add(name);
  const rate = (value) => (value * 1000) / slotMs;
  const bands = [...names].map((name) => ({
    name,
    rates: columns.map((at) => rate(slots.get(at)?.[field][name] ?? 0)),
  }));
  const lost = columns.map((at) => rate(slots.get(at)?.lost ?? 0));
  return { columns, bands, lost };
}

/** The bands one upon the other, lowest first: `from` and `to` of each column. */
export function stack(bands) {
  const sums = [];
  return bands.map((band) => {
    const from = band.rates.map((_, column) => sums[column] ?? 0);
    const to = band.rates.map((rate, column) => from[column] + rate);
    for (const [column, sum] of to.entries()) sums[column] = sum;
    return { ...band, from, to };
  });
}

/** A round number at or above `value`, so that the axis does not move with every frame. */
export function roundUp(value) {
  if (value <= 0) return 1;
  const step = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((factor) => factor * step).find((top) => top >= value * 0.999);
}

/** The outline of one band as an SVG path with steps: a column is as wide as its slot. */
export function outline({ from, to }, { width, height, top }) {
  const x = (column) => ((column * width) / to.length).toFixed(1);
  const y = (value) => (height - (value * height) / top).toFixed(1);
  const path = [];
  for (const [column, value] of to.entries()) path.push(`${x(column)},${y(value)} ${x(column + 1)},${y(value)}`);
  for (let column = from.length - 1; column >= 0; column--) {
    path.push(`${x(column + 1)},${y(from[column])} ${x(column)},${y(from[column])}`);
  }
  return `M${path.join('L')}Z`;
}

/** Kinds of marks that get their label first. */
const FIRST_LABELLED = ['done', 'died'];

/**
 * Which marks get their label, in which of `rows` rows: what was done before what followed from it, the newest first, each
 * where it does not cover another. A label is to the right of its line, or to the left where there is no room.
 * @param marks with `x`, `kind` and `label`; of equal order in the result
 */
export function placeLabels(marks, { rows, charWidth, width }) {
  const taken = Array.from({ length: rows }, () => []);
  const rank = ({ kind }) => (FIRST_LABELLED.includes(kind) ? 0 : 1);
  const inTurn = marks
    .map((mark, index) => ({ mark, index }))
    .sort((a, b) => rank(a.mark) - rank(b.mark) || b.index - a.index);
  const placed = [];
  for (const { mark, index } of inTurn) {
    const needed = mark.label.length * charWidth + 8;
    const left = mark.x + needed <= width ? mark.x : Math.max(0, mark.x - needed);
    const row = taken.findIndex((spans) => spans.every(([from, to]) => left + needed <= from || left >= to));
    if (row >= 0) taken[row].push([left, left + needed]);
    placed[index] = { ...mark, left, row };
  }
  return placed;
}
