import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHostCounts } from '../../../../local/envoy/host-counts';

test('readHostCounts() reads the hosts of one cluster, and why one gets no calls', () => {
  const text = [
    'greeter::default_priority::max_requests::1024',
    'greeter::127.0.0.11:50051::rq_active::3',
    'greeter::127.0.0.11:50051::rq_error::1',
    'greeter::127.0.0.11:50051::rq_total::42',
    'greeter::127.0.0.11:50051::health_flags::healthy',
    'greeter::127.0.0.12:50051::rq_total::7',
    'greeter::127.0.0.12:50051::health_flags::/failed_active_hc/failed_outlier_check',
    'other::127.0.0.13:50051::rq_total::9',
  ].join('\n');
  assert.deepEqual(
    [...readHostCounts(text, 'greeter')],
    [
      ['127.0.0.11', { inFlight: 3, attempts: 42, failedAttempts: 1, flags: [] }],
      [
        '127.0.0.12',
        { inFlight: 0, attempts: 7, failedAttempts: 0, flags: ['failed_active_hc', 'failed_outlier_check'] },
      ],
    ],
  );
});
