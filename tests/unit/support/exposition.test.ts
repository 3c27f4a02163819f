// The reader of /metrics texts, on the forms that Envoy and prom-client write.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareScrapes, formatEnvoyMetrics } from '../../support/envoy-metric-names';
import { declaredTypes, parseExposition } from '../../support/exposition';

const START = `# TYPE envoy_rq_total counter
envoy_rq_total{envoy_cluster_name="greeter"} 0
envoy_rq_total{envoy_cluster_name="admin"} 3
# TYPE envoy_admin_only counter
envoy_admin_only{envoy_cluster_name="admin"} 3
# TYPE envoy_uptime gauge
envoy_uptime{} 5
`;
const LATER = `${START}# TYPE envoy_rq_time histogram
envoy_rq_time_bucket{envoy_cluster_name="greeter",le="0.5"} 1
envoy_rq_time_bucket{envoy_cluster_name="greeter",le="+Inf"} 1
envoy_rq_time_sum{envoy_cluster_name="greeter"} 0.2
envoy_rq_time_count{envoy_cluster_name="greeter"} 1
`;

describe('parseExposition()', () => {
  it('treats the parts of a histogram as one family, without le', () => {
    assert.deepEqual(parseExposition(LATER).get('envoy_rq_time'), {
      type: 'histogram',
      labels: ['envoy_cluster_name'],
    });
  });

  it('leaves a counter called _count alone', () => {
    const text = '# TYPE a counter\na 1\n# TYPE a_count counter\na_count{b="c"} 1\n';
    assert.deepEqual([...parseExposition(text).keys()], ['a', 'a_count']);
  });

  it('is not misled by commas, quotes and braces in label values', () => {
    const text = '# TYPE a gauge\na{x="1,y=\\"2\\"}",z="3"} 1\n';
    assert.deepEqual(parseExposition(text).get('a')?.labels, ['x', 'z']);
  });
});

describe('declaredTypes()', () => {
  it('has families that have no series yet', () => {
    assert.deepEqual([...declaredTypes('# HELP a text\n# TYPE a counter\n')], [['a', 'counter']]);
  });
});

describe('compareScrapes()', () => {
  it('says which metrics wait for a call, and leaves out what Prometheus drops', () => {
    const text = formatEnvoyMetrics(compareScrapes(START, LATER)).replace(/^#.*\n/gm, '');
    assert.equal(
      text,
      'envoy_rq_time histogram envoy_cluster_name calls\n' +
        'envoy_rq_total counter envoy_cluster_name start\n' +
        'envoy_uptime gauge - start\n',
    );
  });
});
