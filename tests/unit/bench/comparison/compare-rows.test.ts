import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareRows } from '../../../../bench/comparison/compare-rows';
import { rowSamples, SUITE, sampleOf } from '../sample-record';

const ratioOf = (samples: Parameters<typeof compareRows>[2], row = 'ours') =>
  compareRows(SUITE, 'fixed-4', samples).find(({ id }) => id === row);

describe('compareRows()', () => {
  it('divides within a round, so that a slow round weighs on both sides', () => {
    const ours = ratioOf([...rowSamples('bare', [100, 300, 50]), ...rowSamples('ours', [120, 360, 60])]);
    assert.equal(ours?.rounds, 3);
    for (const end of [ours?.cpuRatio?.low, ours?.cpuRatio?.estimate, ours?.cpuRatio?.high]) {
      assert.ok(Math.abs((end ?? 0) - 1.2) < 1e-9, String(end));
    }
    assert.equal(ours?.cpuUs, 120);
  });

  it('leaves out a round without both halves of both rows', () => {
    const spoilt = sampleOf('ours', 4, 2, 1, { dropped: 'foreign load' });
    const samples = [
      ...rowSamples('bare', [100, 100, 100, 100]),
      ...rowSamples('ours', [110, 110, 110]),
      sampleOf('ours', 4, 1, 900),
      spoilt,
    ];
    const ours = ratioOf(samples);
    assert.equal(ours?.rounds, 3);
    assert.equal(ours?.dropped, 1);
    assert.ok((ours?.cpuRatio?.high ?? 9) < 1.2);
  });

  it('counts an attempt that was repeated once', () => {
    const again = [sampleOf('ours', 1, 1, 500, { dropped: 'foreign load' }), ...rowSamples('ours', [110, 110, 110])];
    const ours = ratioOf([...rowSamples('bare', [100, 100, 100]), ...again]);
    assert.ok(Math.abs((ours?.cpuRatio?.high ?? 0) - 1.1) < 1e-9);
  });

  it('gives no number where fewer than three rounds are left', () => {
    assert.equal(ratioOf([...rowSamples('bare', [100, 100]), ...rowSamples('ours', [110, 110])])?.cpuRatio, undefined);
  });

  it('counts failed calls of blocks that were dropped for them', () => {
    const failed = sampleOf('ours', 1, 1, 100, { failed: { 'grpc-status 14': 3 }, dropped: 'failed calls' });
    assert.equal(ratioOf([failed])?.failed, 3);
  });
});
