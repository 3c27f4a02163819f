import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { performancePage } from '../../../../bench/page/performance-page';
import { ratioFigure } from '../../../../bench/page/ratio-figure';
import { recordOf, rowSamples, SUITE, sampleOf } from '../sample-record';

const samples = [
  ...rowSamples('bare', [100, 100, 100]),
  ...rowSamples('bare-again', [95, 101, 104]),
  ...rowSamples('ours', [108, 110, 113]),
  sampleOf('ours', 1, 1, 400, { dropped: 'foreign load', foreignCpus: 0.7 }),
];

describe('performancePage()', () => {
  const page = performancePage(recordOf(samples), 'images');

  it('answers first, with the interval and the noise beside the number', () => {
    assert.match(
      page,
      /What does the server cost me\?\*\* 110 µs of CPU per call at 1,500 calls\/s on 4 connections, 1\.10 \[1\.08, 1\.13\]/,
    );
    assert.match(page, /a second bare one is 1\.01 \[0\.95, 1\.04\]/);
    assert.ok(page.indexOf('In one minute') < page.indexOf('What the server costs'));
  });

  it('has every row, what was dropped, and what the intervals cover', () => {
    assert.match(page, /\| ours \| 1\.10 \[1\.08, 1\.13\] \| 110 \| 1 \| 3 \| 80 \| 3, 1 dropped \|/);
    assert.match(page, /1 of 19 stretches \(1 for foreign load\)/);
    assert.match(page, /75 % for 3 rounds \(servers\)/);
  });

  it('says when the machine was not quiet', () => {
    assert.doesNotMatch(page, /not quiet/);
    const loud = samples.map((sample) => ({ ...sample, foreignCpus: 0.5 }));
    assert.match(performancePage(recordOf(loud), 'images'), /The machine was not quiet/);
  });

  it('keeps a row without a number, and one that could not be had', () => {
    const suite = { ...SUITE, skipped: [{ label: 'Caddy', reason: 'it is not there' }] };
    const short = performancePage(recordOf(samples.slice(0, 12), [suite]), 'images');
    assert.match(short, /\| ours \| – \| – \|/);
    assert.match(short, /\| Caddy \| skipped: `it is not there` \|/);
  });
});

describe('ratioFigure()', () => {
  it('is one SVG with a row per comparison, the same for the same record', () => {
    const [load] = SUITE.loads;
    assert.ok(load);
    const draw = () => ratioFigure(recordOf(samples), SUITE, load);
    assert.equal(draw(), draw());
    assert.match(draw(), /^<svg [^>]*aria-label="CPU time per call ÷ bare[^"]*: bare-again 1\.01[^"]*, ours 1\.10/);
  });
});
