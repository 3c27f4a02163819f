import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readHosts } from '../../../../../doctor/live/traffic/host-readings';

/** As Envoy 1.40 answers, with the lines in between left out. */
const TEXT = `admin::127.0.0.1:9901::rq_total::232
greeter::observability_name::greeter
greeter::default_priority::max_connections::1024
greeter::198.18.128.5:50051::cx_active::1
greeter::198.18.128.5:50051::rq_total::58
greeter::198.18.128.5:50051::hostname::grpc-server-headless.grpc-server.svc.cluster.local
greeter::198.18.128.5:50051::health_flags::healthy
greeter::198.18.128.5:50051::weight::1
greeter::198.18.128.5:50051::priority::0
odd::name::[fd00::7]:50051::rq_total::3
odd::name::[fd00::7]:50051::health_flags::/failed_active_hc/active_hc_timeout
odd::name::[fd00::7]:50051::priority::1
`;

it('readHosts() has each host of others, of IPv4 and IPv6', () => {
  const healthy = { flags: 'healthy', weight: 1, priority: 0 };
  const failing = { flags: '/failed_active_hc/active_hc_timeout', weight: 1, priority: 1 };
  assert.deepEqual(readHosts(TEXT), [
    { cluster: 'greeter', address: '198.18.128.5:50051', calls: 58, ...healthy },
    { cluster: 'odd::name', address: '[fd00::7]:50051', calls: 3, ...failing },
  ]);
});
