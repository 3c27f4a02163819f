// A drawing as SVG text: the same for the same drawing, alone or among others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderChart, renderChartFile } from '../../../../lab/report/chart';
import { createFigurePainter } from '../../../../lab/report/draw-figure';
import { crashRun, evenRun } from '../../../support/sample-runs';
import { draw, figuresOf } from './sample-figures';

test('renderChart() returns equal text for equal drawings, whatever was drawn before', () => {
  const first = draw(evenRun(), 'calls');
  draw(crashRun(), 'latency');
  assert.equal(draw(evenRun(), 'calls'), first);
});

test('renderChart() puts its id before every name inside, so that a page can hold many', () => {
  const [figure] = figuresOf(evenRun());
  assert.ok(figure);
  const svg = renderChart(createFigurePainter(evenRun()).draw(figure, 860), 'mine');
  const ids = [...svg.matchAll(/id="([^"]+)"/g)].map(([, id]) => id);
  assert.ok(ids.length > 0 && ids.every((id) => id?.startsWith('mine-')), ids.join(' '));
});

test('renderChartFile() is a picture on its own: colours, ground, title', () => {
  const [figure] = figuresOf(evenRun());
  assert.ok(figure);
  const file = renderChartFile(createFigurePainter(evenRun()).draw(figure, 860), 'calls');
  assert.match(file, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" role="img"/);
  assert.match(file, /prefers-color-scheme:dark/);
  assert.match(file, /<title>Every pod carries/);
  assert.equal(file.match(/<svg/g)?.length, 1);
  for (const [, name] of file.matchAll(/var\(--(\w+)\)/g)) assert.match(file, new RegExp(`--${name}:#`));
});
