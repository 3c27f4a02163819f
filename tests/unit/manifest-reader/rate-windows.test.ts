import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAdapterRules } from '../../../manifest-reader/adapter-rules';
import { overOneWindow } from '../../../manifest-reader/rate-windows';
import { ROOT } from '../../support/read-manifests';

describe('overOneWindow()', () => {
  const query = '(sum(rate(a{b="e"}[10s])) > sum(rate(c[1m])) or d) and on () count_over_time(a[5s] offset 1m)';

  it('gives all rates the longest or the shortest window, whatever its unit, and leaves other ranges', () => {
    assert.equal(overOneWindow(query, 'longest'), query.replace('[10s]', '[1m]'));
    assert.equal(overOneWindow(query, 'shortest'), query.replace('[1m])', '[10s])'));
  });

  it('changes each shipped rule, once', () => {
    for (const { name, metricsQuery } of readAdapterRules(ROOT)) {
      const steady = overOneWindow(metricsQuery, 'longest');
      assert.notEqual(steady, metricsQuery, name);
      assert.equal(overOneWindow(steady, 'shortest'), steady);
    }
  });

  it('refuses a text without a rate', () => {
    assert.throws(() => overOneWindow('sum(up)', 'longest'), /expected a rate\(…\[30s\]\), got sum\(up\)/);
  });
});
