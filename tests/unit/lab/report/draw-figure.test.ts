// Charts as SVG: every figure of every sample run, looked into rather than compared with a stored picture.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POD_COLOURS } from '../../../../drawing/palette';
import type { Figure } from '../../../../lab/figure';
import { renderChart } from '../../../../lab/report/chart';
import { createFigurePainter } from '../../../../lab/report/draw-figure';
import { FIGURE_WIDTHS } from '../../../../lab/report/page-style';
import { evenRun, sampleRuns, scaleUpRun, unevenRun } from '../../../support/sample-runs';
import { draw, figuresOf } from './sample-figures';

const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
const fillsOf = (svg: string) => [...svg.matchAll(/fill="(#[0-9a-f]{6})"/g)].map(([, fill]) => fill);

for (const run of sampleRuns()) {
  for (const figure of figuresOf(run)) {
    for (const width of Object.values(FIGURE_WIDTHS)) {
      test(`${run.params.experiment} ${figure.id} at ${width} px stays within its frame and asks for nothing`, () => {
        const drawing = createFigurePainter(run).draw(figure, width);
        const svg = renderChart(drawing, 'test');
        assert.equal(drawing.width, width);
        assert.match(svg, new RegExp(`^<svg role="img" aria-label="[^"]+" viewBox="0 0 ${width} `));
        assert.doesNotMatch(svg, /NaN|Infinity|undefined|<script|<style|href=|url\((?!#)|pointer-events/);
        for (const [, x, y] of svg.matchAll(/<text[^>]*transform="translate\(([-\d.]+) ([-\d.]+)\)"/g)) {
          assert.ok(Number(x) >= 0 && Number(x) <= width, `text at x ${x}`);
          assert.ok(Number(y) >= 0 && Number(y) <= drawing.height, `text at y ${y}`);
        }
      });
    }
  }
}

test('a rate chart has one area per pod that answered, in the pods’ colours, and one for failures', () => {
  const even = draw(evenRun(), 'calls');
  for (const colour of POD_COLOURS.slice(0, 3)) assert.ok(fillsOf(even).includes(colour), colour);
  const names = textsOf(even).filter((text) => /^server|^failed/.test(text ?? ''));
  assert.deepEqual(names.sort(), ['server-1', 'server-2', 'server-3']);
  const uneven = draw(unevenRun(), 'calls');
  assert.ok(textsOf(uneven).includes('failed calls'));
  assert.ok(!fillsOf(uneven).includes(POD_COLOURS[1]));
  assert.ok(textsOf(uneven).includes('SIGKILL server-1'));
});

test('a rate chart names pods without answers if they are given', () => {
  const pods = ['grpc-server-1', 'grpc-server-2', 'grpc-server-3'];
  const figure: Figure = { kind: 'rate', id: 'calls', title: 'One pod has all', pods };
  const svg = renderChart(createFigurePainter(unevenRun()).draw(figure, 860), 'test');
  const names = textsOf(svg).filter((text) => /^server/.test(text ?? ''));
  assert.deepEqual(names.sort(), ['server-1', 'server-2: no call', 'server-3: no call']);
});

test('a pod has the same colour in every figure of its run', () => {
  // server-3 of the slow pod’s run is the third colour as an area and as a bar.
  const rate = draw(scaleUpRun(), 'calls');
  assert.ok(POD_COLOURS.slice(0, 6).every((colour) => fillsOf(rate).includes(colour)));
  const share = draw(unevenRun(), 'shares');
  assert.ok(fillsOf(share).includes(POD_COLOURS[0]));
  assert.ok(!fillsOf(share).includes(POD_COLOURS[3]));
});

test('a share chart shows the numbers, counts pods without calls, and draws the fair share', () => {
  const texts = textsOf(draw(unevenRun(), 'shares'));
  assert.ok(texts.includes('100.0 %  (9,700)'), texts.join('; '));
  assert.equal(texts.filter((text) => text === '0.0 %  (0)').length, 2);
  assert.ok(texts.includes('fair share 33.3 %'));
});

test('a latency chart marks each bucket with failed calls', () => {
  const svg = draw(unevenRun(), 'latency');
  assert.ok(textsOf(svg).includes('failed calls (300)'));
  assert.ok((svg.match(/fill="var\(--bad\)"/g)?.length ?? 0) >= 3);
  assert.ok(!draw(evenRun(), 'latency').includes('var(--bad)'));
});

test('a run without a single call still draws', () => {
  const empty = { ...evenRun(), calls: [], events: [] };
  for (const id of ['calls', 'shares', 'latency']) assert.doesNotMatch(draw(empty, id), /NaN|Infinity/);
});

for (const label of ['new pods', 'a name so long that it stands above its row, not beside it']) {
  for (const width of Object.values(FIGURE_WIDTHS)) {
    test(`the median of one dot runs through it, named ${label}, at ${width} px`, () => {
      const one = { kind: 'dots', id: 'it', title: 'One', unit: 's', groups: [{ label, values: [0.3] }] } as const;
      for (const each of [one, { ...one, limit: { value: 4, label: 'at most' } }]) {
        const svg = renderChart(createFigurePainter(evenRun()).draw(each, width), 'test');
        const dot = Number(/matrix\(4,0,0,4,([\d.]+),/.exec(svg)?.[1]);
        const line = Number(/d="M([\d.]+) [\d.]+L\1 [\d.]+" fill="none" stroke="var\(--ink\)"/.exec(svg)?.[1]);
        assert.ok(Math.abs(dot - line) < 1, `dot at x ${dot}, median at x ${line}`);
      }
    });
  }
}

for (const figure of [
  { kind: 'replicas', id: 'it', title: 'Nothing', tier: 'envoy' },
  { kind: 'replicas', id: 'it', title: 'Nothing', tier: 'envoy', metric: 'unknown' },
  { kind: 'dots', id: 'it', title: 'Nothing', unit: 's', groups: [{ label: 'none', values: [] }] },
  { kind: 'bars', id: 'it', title: 'Nothing', unit: 'ms', bars: [] },
  { kind: 'bars', id: 'it', title: 'Zero', unit: 'ms', bars: [{ label: 'zero', value: 0 }], isLogarithmic: true },
  { kind: 'series', id: 'it', title: 'Nothing', axis: 'MB', series: [{ name: 'envoy-1', points: [] }] },
  { kind: 'share', id: 'it', title: 'Nobody', groups: [{ label: 'none', loads: ['unknown'] }] },
] as const satisfies readonly Figure[]) {
  test(`a ${figure.kind} chart of ${figure.title.toLowerCase()} still draws`, () => {
    for (const width of Object.values(FIGURE_WIDTHS)) {
      const svg = renderChart(createFigurePainter(evenRun()).draw(figure, width), 'test');
      assert.doesNotMatch(svg.replace(/aria-label="[^"]*"/, ''), /NaN|Infinity|undefined/);
    }
  });
}
