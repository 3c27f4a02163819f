import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadServerConfig } from '../../../server/config';
import { settingsProblems } from '../../support/settings-problems';

const problemsOf = (env: Record<string, string>) => settingsProblems(() => loadServerConfig(env));

describe('loadServerConfig()', () => {
  it('has the defaults that the manifests rely on', () => {
    assert.deepEqual(loadServerConfig({ POD_NAME: 'grpc-server-7' }), {
      podName: 'grpc-server-7',
      grpcHost: '0.0.0.0',
      grpcPort: 50051,
      metricsHost: '0.0.0.0',
      metricsPort: 9464,
      logLevel: 'info',
      drainDelayMs: 10_000,
      graceMs: 10_000,
      maxStreamAgeMs: 0,
      maxStreamAgeJitter: 0.2,
      faultHost: '127.0.0.1',
      faultPort: undefined,
      shortRoad: true,
      reflection: true,
    });
  });

  it('names the pod after the host when nothing else does', () => {
    assert.match(loadServerConfig({}).podName, /./);
  });

  it('reports every bad variable at once', () => {
    const env = { GRPC_PORT: 'abc', METRICS_PORT: '70000', POD_NAME: 'a b', GRPC_HOST: 'http://x', REFLECTION: '1' };
    assert.deepEqual(problemsOf(env), [
      `POD_NAME: expected a pod's name, 1-253 of A-Z a-z 0-9 . _ -, got "a b"`,
      'GRPC_HOST: expected an IP address or a host name, got "http://x"',
      'GRPC_PORT: expected an integer 0-65535, got "abc"',
      'METRICS_PORT: expected an integer 0-65535, got "70000"',
      'REFLECTION: expected true or false, got "1"',
    ]);
  });

  it('takes an age of streams, and a part of it as jitter', () => {
    const { maxStreamAgeMs, maxStreamAgeJitter } = loadServerConfig({
      MAX_STREAM_AGE_MS: '600000',
      MAX_STREAM_AGE_JITTER: '0.05',
    });
    assert.deepEqual([maxStreamAgeMs, maxStreamAgeJitter], [600_000, 0.05]);
    assert.deepEqual(problemsOf({ MAX_STREAM_AGE_MS: '-1', MAX_STREAM_AGE_JITTER: '20%' }), [
      'MAX_STREAM_AGE_MS: expected an integer 0-86400000, got "-1"',
      'MAX_STREAM_AGE_JITTER: expected a number 0-1, got "20%"',
    ]);
  });

  it('refuses one port for both servers on one address', () => {
    const same = { GRPC_PORT: '9464' };
    assert.deepEqual(problemsOf(same), ['METRICS_PORT: expected another port than GRPC_PORT on 0.0.0.0, got "9464"']);
    assert.deepEqual(problemsOf({ ...same, GRPC_HOST: '127.0.0.2' }), []);
    assert.deepEqual(problemsOf({ GRPC_PORT: '0', METRICS_PORT: '0' }), []);
  });

  for (const host of ['127.0.0.11', '::', '::1', 'localhost']) {
    it(`listens on ${host} if set`, () => assert.equal(loadServerConfig({ GRPC_HOST: host }).grpcHost, host));
  }
});
