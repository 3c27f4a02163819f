// Judging: a claim holds by its threshold alone, and never by accident.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claim, judge, type Measurement, satisfies, type Threshold } from '../../../../lab/records/claim';
import { claim } from './one-claim';

const passes = (threshold: Threshold, measurement: Measurement, more?: Partial<Claim>) =>
  judge([claim(threshold, more)], { it: measurement })[0]?.pass;

for (const [threshold, inside, outside] of [
  [{ atMost: 2 }, [2, -5], [2.0001]],
  [{ atLeast: 0.99999 }, [0.99999, 1], [0.999989]],
  [{ equals: 0 }, [0, -0], [1, 1e-9]],
  [{ between: [1, 3] }, [1, 3], [0.99, 3.01]],
] as const) {
  test(`satisfies() reads ${JSON.stringify(threshold)} with its ends`, () => {
    for (const value of inside) assert.ok(satisfies(threshold, value), String(value));
    for (const value of outside) assert.ok(!satisfies(threshold, value), String(value));
  });
}

test('judge() fails what could not be measured, whatever the threshold is', () => {
  for (const threshold of [{ atMost: 5 }, { atLeast: 0 }, { equals: 0 }, { reported: true }] as const) {
    for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const [result] = judge([claim(threshold)], { it: { value } });
      assert.equal(result?.pass, false, `${JSON.stringify(threshold)} ${value}`);
      assert.equal(result?.measured, null);
    }
  }
});

test('judge() reads the bad end of the interval where the claim says so', () => {
  const interval = { low: 0.8, high: 1.2 };
  assert.equal(passes({ atMost: 1 }, { value: 0.9, interval }), true);
  assert.equal(passes({ atMost: 1 }, { value: 0.9, interval }, { judgedBy: 'interval' }), false);
  assert.equal(passes({ atMost: 1.2 }, { value: 0.9, interval }, { judgedBy: 'interval' }), true);
  assert.equal(passes({ atLeast: 0.9 }, { value: 1, interval }, { judgedBy: 'interval' }), false);
  assert.equal(passes({ atMost: 1 }, { value: 0.9 }, { judgedBy: 'interval' }), false);
});

test('judge() takes a limit that follows from the data, and shows it', () => {
  const [result] = judge([claim({ between: [0, 1] })], { it: { value: 3, threshold: { between: [2, 4] } } });
  assert.equal(result?.pass, true);
  assert.deepEqual(result?.threshold, { between: [2, 4] });
});

test('judge() forgets neither a claim nor a measurement', () => {
  assert.throws(() => judge([claim({ equals: 0 })], {}), /without measurement "it"/);
  assert.throws(() => judge([], { it: { value: 0 } }), /without claim "it"/);
});
