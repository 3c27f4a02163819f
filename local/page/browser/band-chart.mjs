// Draws one chart as SVG: bands with colour, pattern and name, calls that were lost on top of them, marks above.
import { bandsOf, outline, placeLabels, roundUp, stack } from './bands.mjs';
import { colour, perSecond, shortName } from './words.mjs';

const SVG = 'http://www.w3.org/2000/svg';
const LEFT = 34;
const BOTTOM = 20;
const LABEL_ROW = 15;
const CHAR_WIDTH = 6.2;
/** Lines across a band, by place: with the name they tell pods apart where colours do not. */
const PATTERNS = ['', 'M0 8L8 0', 'M0 4H8', 'M0 0L8 8', 'M4 0V8', 'M0 8L8 0M0 0L8 8', 'M0 4H8M4 0V8', 'M2 2h2v2h-2z'];

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The swatch of a pod for the table, with the pattern of its band. */
export function swatch(place, isEnvoy) {
  const box = element('svg', { viewBox: '0 0 16 16', width: 16, height: 16, class: 'swatch', 'aria-hidden': 'true' });
  box.append(element('rect', { width: 16, height: 16, rx: 3, style: `fill:${colour(place, isEnvoy)}` }));
  const pattern = PATTERNS[place % PATTERNS.length];
  for (const shift of pattern === '' ? [] : ['0 0', '8 0', '0 8', '8 8']) {
    box.append(element('path', { d: pattern, transform: `translate(${shift})`, class: 'hatch' }));
  }
  return box;
}

/** What all charts share: one pattern per place. */
export function patternDefinitions() {
  const hidden = element('svg', { width: 0, height: 0, class: 'definitions', 'aria-hidden': 'true' });
  const definitions = element('defs', {});
  for (const [index, d] of PATTERNS.entries()) {
    const pattern = element('pattern', { id: `hatch-${index}`, width: 8, height: 8, patternUnits: 'userSpaceOnUse' });
    pattern.append(element('path', { d, class: 'hatch' }));
    definitions.append(pattern);
  }
  const lost = element('pattern', { id: 'hatch-lost', width: 6, height: 6, patternUnits: 'userSpaceOnUse' });
  lost.append(element('path', { d: 'M0 6L6 0M0 0L6 6', class: 'hatch' }));
  definitions.append(lost);
  hidden.append(definitions);
  return hidden;
}

/**
 * Makes a chart in `host`.
 * @param options `lane` and `field` it shows, `plot` its height in px, and whether it has `marks`
 * @returns draw(state, top): `top` is the calls/s at the upper end; and peak(state): what `top` must reach
 */
export function createBandChart(host, { lane, field, plot, hasMarks }) {
  const svg = element('svg', { role: 'img', class: 'chart', 'aria-label': 'No call yet' });
  host.append(svg);
  const bandsIn = (state) => {
    const { columns, bands, lost } = bandsOf(state.lanes[lane], field, state.frame);
    const placeOf = ({ name }) => state.places[name] ?? 99;
    const ordered = bands.sort((a, b) => placeOf(a) - placeOf(b) || a.name.localeCompare(b.name));
    const failed = field === 'pods' && lost.some((rate) => rate > 0) ? [{ name: '', rates: lost }] : [];
    return { columns, layers: stack([...ordered, ...failed]) };
  };

  function draw(state, top) {
    const { frame } = state;
    const { columns, layers } = bandsIn(state);
    const width = Math.max(220, host.clientWidth - LEFT - 8);
    const rows = hasMarks ? 4 : 0;
    const head = rows * LABEL_ROW + 8;
    const body = element('g', { transform: `translate(${LEFT} ${head})` });
    const y = (value) => plot - (value * plot) / top;
    for (const value of [0, top / 2, top]) {
      body.append(element('line', { x1: 0, x2: width, y1: y(value), y2: y(value), class: 'grid' }));
      body.append(element('text', { x: -6, y: y(value) + 4, class: 'axis end' }, String(Number(value.toFixed(1)))));
    }
    for (const layer of layers) body.append(...drawBand(state, layer, { width, top }));
    const seconds = (columns.length * frame.slotMs) / 1000;
    for (const ago of width < 320 ? [60, 30] : [60, 45, 30, 15]) {
      const x = width - (ago / seconds) * width;
      body.append(element('text', { x, y: plot + 16, class: `axis ${ago === 60 ? '' : 'middle'}` }, `${ago} s ago`));
    }
    body.append(element('text', { x: width, y: plot + 16, class: 'axis end' }, 'now'));
    // In this order no line crosses a word.
    if (hasMarks) body.append(...drawMarks(state, { columns, width, head, rows }));
    for (const layer of layers) body.append(...drawName(layer, { width, top }));
    const height = head + plot + BOTTOM;
    const size = { viewBox: `0 0 ${width + LEFT + 8} ${height}`, width: width + LEFT + 8, height };
    for (const [key, value] of Object.entries(size)) svg.setAttribute(key, value);
    svg.setAttribute('aria-label', describe(layers));
    svg.replaceChildren(body);
  }

  function drawBand(state, layer, { width, top }) {
    const isLost = layer.name === '';
    const place = state.places[layer.name] ?? 0;
    const d = outline(layer, { width, height: plot, top });
    const fill = isLost ? 'var(--bad)' : colour(place, field === 'envoys');
    const hatch = isLost ? 'lost' : place % PATTERNS.length;
    return [
      element('path', { d, class: 'band', style: `fill:${fill}`, 'data-pod': layer.name || 'lost' }),
      element('path', { d, fill: `url(#hatch-${hatch})` }),
    ];
  }

  /** Where the band is high enough for it. */
  function drawName(layer, { width, top }) {
    const last = layer.to.length - 1;
    const [low, high] = [layer.from[last], layer.to[last]];
    if (((high - low) * plot) / top < 17) return [];
    const middle = plot - (((low + high) / 2) * plot) / top;
    const label = `${shortName(layer.name) || 'lost'}  ${perSecond(average(layer.rates))}/s`;
    const length = label.length * CHAR_WIDTH + 12;
    const at = { x: width - length - 6, y: middle - 8, width: length, height: 16, rx: 4, class: 'tag' };
    return [element('rect', at), element('text', { x: width - 12, y: middle + 4, class: 'name end' }, label)];
  }

  /** Envoys, and first calls through them, are of the lane with Envoy. */
  const belongs = ({ kind, tier }) => lane === 'envoy' || (kind !== 'first' && tier !== 'envoy');

  function drawMarks(state, { columns, width, head, rows }) {
    const { slotMs } = state.frame;
    const startMs = columns[0] * slotMs;
    const endMs = (columns.at(-1) + 1) * slotMs;
    const inside = state.marks.filter((mark) => mark.atMs >= startMs && mark.atMs <= endMs && belongs(mark));
    const placed = inside.map((mark) => ({ ...mark, x: ((mark.atMs - startMs) / (endMs - startMs)) * width }));
    const labelled = placeLabels(placed, { rows, charWidth: CHAR_WIDTH, width });
    const labelY = (row) => -head + 12 + row * LABEL_ROW;
    const lines = labelled.map(({ x, row, kind, text }) => {
      const line = element('line', {
        x1: x,
        x2: x,
        y1: row < 0 ? -6 : labelY(row) - 9,
        y2: plot,
        class: `mark ${kind}`,
      });
      line.append(element('title', {}, text));
      return line;
    });
    const words = labelled
      .filter(({ row }) => row >= 0)
      .map(({ left, row, label, kind }) =>
        element('text', { x: left + 3, y: labelY(row), class: `label ${kind}` }, label),
      );
    return [...lines, ...words];
  }

  function describe(layers) {
    const each = layers.map(
      ({ name, rates }) => `${name === '' ? 'lost' : name} ${perSecond(average(rates))} calls per second`,
    );
    return each.length === 0 ? 'No call in the last minute' : `Calls per second now: ${each.join(', ')}`;
  }

  const peak = (state) => roundUp(Math.max(0, ...(bandsIn(state).layers.at(-1)?.to ?? [])));
  return { draw, peak };
}

/** Of the last two seconds. */
function average(rates) {
  const last = rates.slice(-4);
  return last.reduce((sum, rate) => sum + rate, 0) / last.length;
}
