import assert from 'node:assert/strict';
import { it } from 'node:test';
import { strangersIn } from '../../../../../lab/system/local/meters';

const total = (cluster: string, address: string) =>
  `envoy_cluster_endpoint_rq_total{envoy_cluster_name="${cluster}",envoy_endpoint_address="${address}"} 7\n`;

it('counts the hosts of the servers’ cluster that are no pods', () => {
  const text =
    total('greeter', '127.0.0.11:50051') + total('greeter', '127.0.0.12:50051') + total('admin', '127.0.0.1:1');
  assert.equal(strangersIn(text, new Set(['127.0.0.11', '127.0.0.12'])), 0);
  assert.equal(strangersIn(text, new Set(['127.0.0.12', '127.0.0.13'])), 1);
  assert.equal(strangersIn(text, new Set()), 2);
});
