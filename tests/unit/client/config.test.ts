import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { describe, it } from 'node:test';
import { callIntervalMs, loadClientConfig, mostInFlight } from '../../../client/config';
import type { Env } from '../../../runtime/env';
import { settingsProblems } from '../../support/settings-problems';

const problemsOf = (env: Env) => settingsProblems(() => loadClientConfig(env));

describe('loadClientConfig()', () => {
  it('calls every 5 s, with a deadline of 5 s and retries, when nothing is set', () => {
    assert.deepEqual(loadClientConfig({}), {
      podName: hostname(),
      domain: 'localhost',
      port: 50051,
      dnsServer: undefined,
      useAlternativeResolver: false,
      lbPolicy: 'round_robin',
      intervalMs: 5000,
      rate: undefined,
      count: undefined,
      maxInFlight: undefined,
      maxLateMs: 1000,
      connectWaitMs: 1000,
      deadlineMs: 5000,
      retries: true,
      libraryDefaults: false,
      greetingName: 'world',
      newChannelPerCall: false,
      streams: undefined,
      ledger: undefined,
      metricsHost: '0.0.0.0',
      metricsPort: 9464,
      logLevel: 'info',
    });
  });

  it('reports every bad variable at once', () => {
    const env = {
      GRPC_SERVER_DOMAIN: 'no host',
      GRPC_SERVER_PORT: '0',
      DNS_SERVER: 'dns.example',
      LB_POLICY: 'random',
      INTERVAL_MS: '3600001',
      RATE: '0',
      COUNT: '1.5',
      MAX_IN_FLIGHT: '0',
      MAX_LATE_MS: '99',
      CONNECT_WAIT_MS: '-1',
      DEADLINE_MS: '5s',
      RETRIES: 'no',
      GREETING_NAME: 'x'.repeat(257),
      METRICS_PORT: '70000',
      LOG_LEVEL: 'loud',
      POD_NAME: 'a b',
    };
    assert.deepEqual(
      problemsOf(env)
        .map((problem) => problem.split(':')[0])
        .sort(),
      Object.keys(env).sort(),
    );
    assert.ok(problemsOf(env).includes('GRPC_SERVER_PORT: expected an integer 1-65535, got "0"'));
  });

  for (const name of ['envoy-headless.envoy.svc.cluster.local', 'envoy.', '127.0.0.1', '[::1]', 'localhost']) {
    it(`accepts ${name} as the name that is called`, () => {
      assert.deepEqual(problemsOf({ GRPC_SERVER_DOMAIN: name }), []);
    });
  }

  it('refuses retries together with the library’s own settings, which have none', () => {
    const problem = 'RETRIES: expected false while LIBRARY_DEFAULTS is true, got "true"';
    assert.deepEqual(problemsOf({ LIBRARY_DEFAULTS: 'true' }), [problem]);
    assert.deepEqual(problemsOf({ LIBRARY_DEFAULTS: 'true', RETRIES: 'false' }), []);
  });

  it('refuses DNS_SERVER without the switch that makes grpc-js use it', () => {
    assert.deepEqual(problemsOf({ DNS_SERVER: '127.0.0.1:53' }), [
      'DNS_SERVER: needs GRPC_NODE_USE_ALTERNATIVE_RESOLVER=true, got "127.0.0.1:53" without it',
    ]);
    assert.deepEqual(problemsOf({ DNS_SERVER: '127.0.0.1:53', GRPC_NODE_USE_ALTERNATIVE_RESOLVER: 'true' }), []);
  });

  it('refuses a deadline that leaves retries no time', () => {
    assert.deepEqual(problemsOf({ DEADLINE_MS: '99' }), [
      'DEADLINE_MS: expected at least 100 while RETRIES is true, got "99"',
    ]);
    assert.deepEqual(problemsOf({ DEADLINE_MS: '99', RETRIES: 'false' }), []);
    assert.deepEqual(problemsOf({ DEADLINE_MS: '100' }), []);
  });

  it('refuses settings that streams do not support', () => {
    const problems = problemsOf({ STREAMS: '2', RATE: '2', COUNT: '3', NEW_CHANNEL_PER_CALL: 'true' });
    assert.deepEqual(
      problems.map((problem) => problem.split(':')[0]),
      ['RATE', 'COUNT', 'NEW_CHANNEL_PER_CALL'],
    );
  });
});

describe('callIntervalMs()', () => {
  it('is INTERVAL_MS unless RATE is set, which may have a fraction', () => {
    assert.equal(callIntervalMs(loadClientConfig({ INTERVAL_MS: '250' })), 250);
    assert.equal(callIntervalMs(loadClientConfig({ INTERVAL_MS: '250', RATE: '1.5' })), 1000 / 1.5);
    assert.equal(callIntervalMs(loadClientConfig({ RATE: '200' })), 5);
  });
});

describe('mostInFlight()', () => {
  for (const [env, most] of [
    // Two calls begin within the deadline and a second more, and one when it is over.
    [{}, 3],
    [{ RATE: '500' }, 3001],
    [{ RATE: '500', DEADLINE_MS: '1000' }, 1001],
    [{ RATE: '2000' }, 4000],
    [{ STREAMS: '100', INTERVAL_MS: '1000' }, 601],
    [{ RATE: '2000', MAX_IN_FLIGHT: '7' }, 7],
  ] as const) {
    it(`is ${most} with ${JSON.stringify(env)}`, () => assert.equal(mostInFlight(loadClientConfig(env)), most));
  }
});
