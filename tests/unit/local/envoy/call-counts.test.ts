import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCallCounter, readCallCounts } from '../../../../local/envoy/call-counts';

const STATISTICS = `# TYPE envoy_http_downstream_rq_completed counter
envoy_http_downstream_rq_completed{envoy_http_conn_manager_prefix="ingress_grpc"} 12
envoy_http_downstream_rq_completed{envoy_http_conn_manager_prefix="stats"} 40
envoy_http_downstream_rq_completed{envoy_http_conn_manager_prefix="admin"} 41
envoy_cluster_upstream_rq_total{envoy_cluster_name="orders"} 14
envoy_cluster_upstream_rq_total{envoy_cluster_name="admin"} 40
`;
const CLUSTERS = `orders::observability_name::orders
orders::default_priority::max_connections::1024
orders::127.0.0.11:9090::cx_total::1
orders::127.0.0.11:9090::rq_success::6
orders::127.0.0.11:9090::rq_error::2
orders::127.0.0.11:9090::health_flags::healthy
orders::127.0.0.12:9090::rq_success::5
admin::127.0.0.2:9901::rq_success::40
`;

describe('readCallCounts()', () => {
  it('reads the calls of the listeners to one cluster, and the answers of its hosts', () => {
    const cluster = { name: 'orders', listeners: ['ingress_grpc'] };
    assert.deepEqual(readCallCounts({ statistics: STATISTICS, clusters: CLUSTERS }, cluster), {
      calls: 12,
      attempts: 14,
      answers: new Map([
        ['127.0.0.11', 6],
        ['127.0.0.12', 5],
      ]),
    });
  });

  it('is zero of an Envoy that has seen nothing', () => {
    const nothing = { calls: 0, attempts: 0, answers: new Map() };
    assert.deepEqual(readCallCounts({ statistics: '', clusters: '' }, { name: 'orders', listeners: [] }), nothing);
  });
});

describe('createCallCounter()', () => {
  const counts = (calls: number, answers: Readonly<Record<string, number>>) => ({
    calls,
    attempts: calls,
    answers: new Map(Object.entries(answers)),
  });

  it('says what is new of each Envoy', () => {
    const counter = createCallCounter();
    assert.deepEqual(counter('envoy-1', counts(5, { a: 3, b: 2 })), counts(5, { a: 3, b: 2 }));
    assert.deepEqual(counter('envoy-2', counts(4, { a: 4 })), counts(4, { a: 4 }));
    assert.deepEqual(counter('envoy-1', counts(9, { a: 5, b: 4 })), counts(4, { a: 2, b: 2 }));
    assert.deepEqual(counter('envoy-2', counts(4, { a: 4 })), counts(0, { a: 0 }));
  });

  it('begins anew with a server that left and came again', () => {
    const counter = createCallCounter();
    counter('envoy-1', counts(9, { a: 5, b: 4 }));
    assert.deepEqual(counter('envoy-1', counts(12, { b: 7 })), counts(3, { b: 3 }));
    assert.deepEqual(counter('envoy-1', counts(14, { a: 1, b: 8 })), counts(2, { a: 1, b: 1 }));
  });
});
