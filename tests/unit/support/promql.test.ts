// The reader of PromQL that the dashboards' tests stand on: it must see what is wrong, and what is asked for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseQuery } from '../../support/promql';

describe('parseQuery()', () => {
  for (const broken of [
    '',
    'sum(rate(a[1m])',
    'a{b="}',
    'a{b=1}',
    'rate(a[$window])',
    'ratee(a[1m])',
    'a +',
    'sum by pod (a)',
  ]) {
    it(`reports ${JSON.stringify(broken)} as broken`, () => {
      assert.notDeepEqual(parseQuery(broken).errors, []);
    });
  }

  it('reports every selector with its matchers, and the function that its range goes to', () => {
    const text = 'sum(rate(a_total{x="1",y=~"b|c"}[1m])) / on (pod) group_left (z) up{n!="q"}';
    const { errors, selectors } = parseQuery(text);
    assert.deepEqual(errors, []);
    assert.deepEqual(selectors, [
      {
        metric: 'a_total',
        matchers: [
          { label: 'x', operator: '=', value: '1' },
          { label: 'y', operator: '=~', value: 'b|c' },
        ],
        rangeFunction: 'rate',
      },
      { metric: 'up', matchers: [{ label: 'n', operator: '!=', value: 'q' }], rangeFunction: undefined },
    ]);
  });

  it('reports the labels of by, on and group_left', () => {
    const text = 'sum by (pod, le) (a) / on (namespace) group_left (z) b';
    assert.deepEqual(parseQuery(text).groupingLabels, ['pod', 'le', 'namespace', 'z']);
  });
});
