// Two sets of runs side by side.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunData } from '../../../../lab/records/run-data';
import { compareRuns } from '../../../../lab/report/comparison';
import { renderComparison } from '../../../../lab/report/comparison-text';
import { reportRun } from '../../../../lab/report/run-report';
import { SAMPLE_EXPERIMENTS } from '../../../support/sample-experiments/all';
import { evenRun, scaleUpRun, unevenRun } from '../../../support/sample-runs';

function judged(data: RunData) {
  const experiment = SAMPLE_EXPERIMENTS.find(({ name }) => name === data.params.experiment);
  assert.ok(experiment);
  return reportRun(data, experiment, 'run');
}

const onCluster = (data: RunData): RunData => ({ ...data, params: { ...data.params, backend: 'cluster' } });

test('compareRuns() finds what broke, what was repaired, and by how much', () => {
  const [even, uneven] = [judged(evenRun()), judged(unevenRun())];
  const broken = compareRuns([even], [uneven]);
  const of = (id: string) => broken.find((claim) => claim.id === id);
  assert.equal(of('max-minus-min')?.change, 'broken');
  assert.equal(of('max-minus-min')?.difference, 9699);
  assert.equal(of('max-minus-min')?.ratio, 9700);
  assert.equal(of('failed')?.difference, 300);
  assert.equal(of('failed')?.ratio, undefined);
  assert.equal(of('p99')?.change, 'same');
  assert.equal(compareRuns([uneven], [even]).find(({ id }) => id === 'failed')?.change, 'mended');
});

test('compareRuns() takes the newest honest run of each experiment, apart by backend', () => {
  const uneven = unevenRun();
  const mutated = judged({ ...uneven, params: { ...uneven.params, mutation: 'no balancing' } });
  const left = [judged(unevenRun()), judged(evenRun()), mutated];
  const right = [judged(onCluster(evenRun())), judged(scaleUpRun())];
  const claims = compareRuns(left, right);
  const keys = [...new Set(claims.map(({ experiment, backend, change }) => `${experiment} ${backend} ${change}`))];
  assert.deepEqual(keys, [
    'sample-spread local left-only',
    'sample-spread cluster right-only',
    'sample-scale-up local right-only',
  ]);
  assert.equal(claims[0]?.left?.pass, true);
});

test('renderComparison() is a table whose columns line up', () => {
  const even = evenRun();
  const smaller = { ...even, params: { ...even.params, sizes: { calls: 1000 } } };
  const text = renderComparison([
    ...compareRuns([judged(smaller)], [judged(unevenRun())]),
    ...compareRuns([judged(scaleUpRun())], [judged(scaleUpRun())]),
  ]);
  const lines = text.split('\n');
  assert.equal(lines[0], 'sample-spread on local (sizes differ)');
  assert.match(text, /BROKEN {2}max-minus-min +1.call ✓ +9,700.calls ✗ +\+9,699.calls +9,700×/);
  assert.match(text, /\n\nsample-scale-up on local\n/);
  assert.ok(lines.every((line) => line === line.trimEnd()));
  const ends = lines.filter((line) => line.includes('×')).map((line) => line.length);
  assert.equal(new Set(ends).size, 1, text);
});
