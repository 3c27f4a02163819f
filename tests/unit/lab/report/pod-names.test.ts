import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortName, stylePods } from '../../../../lab/report/pod-names';
import { autoscaleRun, crashRun } from '../../../support/sample-runs';

test('shortName() keeps the part that distinguishes pods', () => {
  assert.equal(shortName('grpc-server-12'), 'server-12');
  assert.equal(shortName('grpc-server-7c9f8d6b54-x7k2p'), 'server-x7k2p');
  assert.equal(shortName('envoy-6f7d9c5b48-jx2lm'), 'envoy-jx2lm');
  assert.equal(shortName('envoy-2'), 'envoy-2');
});

test('stylePods() orders numbered pods by number, and others by when they were first seen', () => {
  const local = stylePods(crashRun());
  const labels = local.ordered(['grpc-server-10', 'grpc-server-9', 'envoy-1', 'unheard-of']).map(({ label }) => label);
  assert.deepEqual(labels, ['server-9', 'server-10', 'envoy-1', 'unheard-of']);
  const names = [...new Set(autoscaleRun().calls.map(({ pod }) => pod))];
  assert.deepEqual(
    stylePods(autoscaleRun())
      .ordered(names.toReversed())
      .map(({ name }) => name),
    names,
  );
  const colours = new Set(
    local.ordered(['grpc-server-1', 'grpc-server-2', 'grpc-server-3']).map(({ colour }) => colour),
  );
  assert.equal(colours.size, 3);
});
