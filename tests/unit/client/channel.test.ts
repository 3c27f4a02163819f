import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { experimental } from '@grpc/grpc-js';
import { channelOptions, channelTarget } from '../../../client/channel';
import { IDEMPOTENT } from '../../support/idempotent-methods';

const config = {
  domain: 'envoy.example',
  port: 8443,
  dnsServer: undefined,
  lbPolicy: 'round_robin',
  retries: true,
  libraryDefaults: false,
} as const;

describe('channelTarget()', () => {
  it('asks the resolver of the system', () => {
    assert.equal(channelTarget(config), 'dns:///envoy.example:8443');
  });

  it('asks the resolver that is set', () => {
    assert.equal(channelTarget({ ...config, dnsServer: '127.0.0.1:5300' }), 'dns://127.0.0.1:5300/envoy.example:8443');
  });
});

interface ServiceConfigText {
  loadBalancingConfig: [Record<string, object>];
  methodConfig: Array<{ name: object[]; retryPolicy: { retryableStatusCodes: string[] } }>;
}

function serviceConfigOf(options: ReturnType<typeof channelOptions>): ServiceConfigText {
  return JSON.parse(options['grpc.service_config'] ?? '');
}

describe('channelOptions()', () => {
  it('asks again only the methods that the contract calls idempotent, each by its name', () => {
    const names = serviceConfigOf(channelOptions(config)).methodConfig.flatMap(({ name }) => name);
    const expected = IDEMPOTENT.map(({ path }) => path.split('/')).map(([, service, method]) => ({ service, method }));
    assert.deepEqual(names, expected);
  });

  for (const lbPolicy of ['pick_first', 'round_robin'] as const) {
    it(`selects ${lbPolicy} with a configuration that grpc-js accepts`, () => {
      const { loadBalancingConfig } = serviceConfigOf(channelOptions({ ...config, lbPolicy }));
      assert.deepEqual(loadBalancingConfig, [{ [lbPolicy]: {} }]);
      assert.equal(experimental.parseLoadBalancingConfig(loadBalancingConfig[0]).getLoadBalancerName(), lbPolicy);
    });
  }

  it('retries UNAVAILABLE, and without retries only what no server has seen', () => {
    const on = channelOptions(config);
    assert.deepEqual(serviceConfigOf(on).methodConfig[0]?.retryPolicy.retryableStatusCodes, ['UNAVAILABLE']);
    assert.equal(on['grpc.enable_retries'], 1);
    const off = channelOptions({ ...config, retries: false });
    assert.deepEqual(serviceConfigOf(off).methodConfig, []);
    assert.equal(off['grpc.enable_retries'], 1);
  });

  it('sets only the policy when the library’s defaults are asked for', () => {
    const options = channelOptions({ ...config, retries: false, libraryDefaults: true });
    assert.deepEqual(options, { 'grpc.service_config': '{"loadBalancingConfig":[{"round_robin":{}}]}' });
  });

  it('notices a silent peer before the default deadline of a call', () => {
    const options = channelOptions(config);
    const noticeMs = (options['grpc.keepalive_time_ms'] ?? 0) + (options['grpc.keepalive_timeout_ms'] ?? 0);
    assert.ok(noticeMs > 0 && noticeMs < 5000);
  });
});
