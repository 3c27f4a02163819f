import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { adminPort, overlayEnvoyConfig } from '../../../../local/envoy/envoy-config';
import { loopbackChanges } from '../../../../local/envoy/envoy-overlay';
import { policyChange } from '../../../../local/envoy/settings-changes';
import { readManifests } from '../../../../manifest-reader/manifests';

const SHIPPED = readManifests(path.join(__dirname, '../../../..')).envoy.mounts['/etc/envoy']?.['envoy.yaml'] ?? '';
const ADDRESSES = { host: '127.0.0.2', dns: { host: '127.0.0.1', port: 5353 } };
const CHANGES = loopbackChanges({ ...ADDRESSES, platform: 'linux' });

/** Every leaf of a parsed YAML with its path. */
function leaves(value: unknown, at = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map([[at, value]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, `${at}/${key}`)]));
}

/** The paths whose values differ between two texts, with what they became. */
function differences(before: string, after: string): Record<string, unknown> {
  const old = leaves(parse(before));
  const now = leaves(parse(after));
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
  return Object.fromEntries(paths.map((key) => [key.split('/').slice(1).join('.'), now.get(key)]));
}

describe('overlayEnvoyConfig()', () => {
  it('changes addresses and the resolver of the shipped configuration, and nothing else', () => {
    const changed = differences(SHIPPED, overlayEnvoyConfig(SHIPPED, CHANGES));
    const values = Object.entries(changed).map(([key, value]) => `${key.replace(/\.\d+/g, '[]')} = ${value}`);
    assert.deepEqual(values.sort(), [
      'admin.address.socket_address.address = 127.0.0.2',
      'static_resources.clusters[].cluster_type.typed_config.typed_dns_resolver_config.typed_config.resolvers[].socket_address.address = 127.0.0.1',
      'static_resources.clusters[].cluster_type.typed_config.typed_dns_resolver_config.typed_config.resolvers[].socket_address.port_value = 5353',
      'static_resources.clusters[].load_assignment.endpoints[].lb_endpoints[].endpoint.address.socket_address.address = 127.0.0.2',
      'static_resources.listeners[].address.socket_address.address = 127.0.0.2',
      'static_resources.listeners[].address.socket_address.address = 127.0.0.2',
    ]);
  });

  it('leaves out the socket option that only Linux has on another system', () => {
    const elsewhere = overlayEnvoyConfig(SHIPPED, loopbackChanges({ ...ADDRESSES, platform: 'darwin' }));
    const changed = differences(overlayEnvoyConfig(SHIPPED, CHANGES), elsewhere);
    assert.ok(Object.keys(changed).length > 0);
    assert.ok(Object.keys(changed).every((key) => /^static_resources\.clusters\.\d\.upstream_bind_config\./.test(key)));
  });

  it('changes the policy on request, and nothing else', () => {
    const changed = differences(SHIPPED, overlayEnvoyConfig(SHIPPED, [policyChange('RANDOM')]));
    assert.deepEqual(Object.values(changed), ['RANDOM']);
    assert.match(Object.keys(changed)[0] ?? '', /^static_resources\.clusters\.\d\.lb_policy$/);
  });

  it('keeps the comments for readers of a running Envoy’s file', () => {
    const comments = (text: string) => text.match(/# .*/g)?.length;
    assert.equal(comments(overlayEnvoyConfig(SHIPPED, CHANGES)), comments(SHIPPED));
  });

  for (const [what, from, to, message] of [
    [
      'a listener on another address',
      'address: 0.0.0.0',
      'address: 10.0.0.1',
      'static_resources.listeners[0].address.socket_address.address: expected 0.0.0.0, got "10.0.0.1"',
    ],
    [
      'no listeners',
      'listeners:',
      'no_listeners:',
      'static_resources.listeners: expected a list with items, got nothing',
    ],
    [
      'an admin endpoint for all',
      'address: 127.0.0.1, port_value: 9901',
      'address: 0.0.0.0, port_value: 9901',
      'admin.address.socket_address.address: expected 127.0.0.1, got "0.0.0.0"',
    ],
    [
      'no cluster of the admin endpoint',
      /(admin\n[\s\S]*)port_value: 9901/,
      '$1port_value: 9999',
      'static_resources.clusters: expected a cluster whose endpoint is 127.0.0.1:9901, the admin endpoint, got nothing',
    ],
    [
      'no cluster of that name',
      '- name: greeter #',
      '- name: servers #',
      'static_resources.clusters: expected a cluster named greeter, got nothing',
    ],
    [
      'another resolver',
      'name: envoy.network.dns_resolver.cares',
      'name: envoy.network.dns_resolver.getaddrinfo',
      'typed_dns_resolver_config.name: expected envoy.network.dns_resolver.cares, got "envoy.network.dns_resolver.getaddrinfo"',
    ],
  ] as const) {
    it(`refuses a configuration with ${what}, and says where`, () => {
      const text = SHIPPED.replace(from, to);
      assert.notEqual(text, SHIPPED);
      assert.throws(
        () => overlayEnvoyConfig(text, CHANGES),
        (error: Error) => error.name === 'OverlayError' && error.message.endsWith(message),
      );
    });
  }

  it('refuses a policy when there is none to change', () => {
    const text = SHIPPED.replace(/ lb_policy: /, ' lb_policies: ');
    assert.throws(
      () => overlayEnvoyConfig(text, [policyChange('RANDOM')]),
      /lb_policy: expected a load balancing policy/,
    );
  });

  it('refuses text that is not YAML', () => {
    assert.throws(() => overlayEnvoyConfig('admin: [', CHANGES), /^Error: envoy\.yaml: /);
  });
});

describe('adminPort()', () => {
  it('reads the port of the admin endpoint', () => assert.equal(adminPort(SHIPPED), 9901));
  it('refuses a configuration without one', () => assert.throws(() => adminPort('node: {}'), /admin.*expected a port/));
});
