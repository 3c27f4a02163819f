import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../../../lab/records/claim';
import { verdictOf } from '../../../../lab/records/verdict';
import { evenRun } from '../../../support/sample-runs';
import { claim } from './one-claim';

test('verdictOf() passes only with a claim, and only if every claim does', () => {
  const { params } = evenRun();
  const [good] = judge([claim({ equals: 0 })], { it: { value: 0 } });
  const [bad] = judge([claim({ equals: 0 })], { it: { value: 1 } });
  assert.ok(good && bad);
  assert.equal(verdictOf(params, [good, good]).pass, true);
  assert.equal(verdictOf(params, [good, bad]).pass, false);
  assert.equal(verdictOf(params, []).pass, false);
});
