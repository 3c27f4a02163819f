// Where configurations of Envoy lie, and in which spellings.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readChain } from '../../../../../doctor/chain/chain';
import { isForCalls } from '../../../../../doctor/chain/envoy/cluster-calls';
import type { Envoy } from '../../../../../doctor/chain/envoy/envoy';
import { inputOf } from '../../examined';

function envoysIn(...objects: readonly unknown[]): readonly Envoy[] {
  return readChain(inputOf(objects.map((object) => JSON.stringify(object)).join('\n---\n'))).envoys;
}

function only(envoys: readonly Envoy[]): Envoy {
  const [envoy] = envoys;
  assert.ok(envoy !== undefined && envoys.length === 1, `${envoys.length} configurations`);
  return envoy;
}

const cluster = (name: string, more = {}) => ({ name, type: 'STRICT_DNS', ...more });
const config = (clusters: readonly unknown[], more = {}) => ({ static_resources: { clusters, ...more } });
const configMap = (text: string, key = 'envoy.yaml') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'envoy', namespace: 'shop' },
  data: { [key]: text, 'other.sh': 'echo static_resources' },
});
const pod = (container: unknown, volumes: readonly unknown[] = []) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'envoy', namespace: 'shop' },
  spec: { containers: [{ name: 'app' }, container], volumes },
});

describe('the configuration of Envoy', () => {
  const text = JSON.stringify(config([cluster('a')]));

  for (const [what, volume] of [
    ['a volume', { name: 'c', configMap: { name: 'envoy' } }],
    ['a projected volume', { name: 'c', projected: { sources: [{ secret: {} }, { configMap: { name: 'envoy' } }] } }],
  ] as const) {
    it(`is found in a ConfigMap, with the container that mounts it by ${what}`, () => {
      const mounting = { name: 'envoy', volumeMounts: [{ name: 'c', mountPath: '/etc/envoy' }] };
      const { label, pods } = only(envoysIn(configMap(text, 'bootstrap'), pod(mounting, [volume])));
      assert.equal(label, 'ConfigMap shop/envoy (bootstrap)');
      assert.deepEqual(
        pods.map(({ container }) => container.name),
        ['envoy'],
      );
    });
  }

  it('is run by a sidecar among the init containers, and by none that ends before the pod starts', () => {
    const volumeMounts = [{ name: 'c', mountPath: '/etc/envoy' }];
    const volumes = [{ name: 'c', configMap: { name: 'envoy' } }];
    const runners = (more: object) => {
      const spec = {
        initContainers: [{ name: 'proxy', volumeMounts, ...more }],
        containers: [{ name: 'app' }],
        volumes,
      };
      const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'envoy', namespace: 'shop' }, spec };
      return only(envoysIn(configMap(text), object)).pods.map(({ container }) => container.name);
    };
    assert.deepEqual(runners({ restartPolicy: 'Always' }), ['proxy']);
    assert.deepEqual(runners({}), []);
  });

  it('is run by the container with the image of Envoy where several mount it', () => {
    const volumeMounts = [{ name: 'c', mountPath: '/etc/envoy' }];
    const containers = [
      { name: 'reloader', image: 'example.com/reloader:1', volumeMounts },
      { name: 'proxy', image: 'envoyproxy/envoy:v1.40.2', volumeMounts },
    ];
    const spec = { containers, volumes: [{ name: 'c', configMap: { name: 'envoy' } }] };
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'envoy', namespace: 'shop' }, spec };
    const { pods } = only(envoysIn(configMap(text), object));
    assert.deepEqual(
      pods.map(({ container }) => container.name),
      ['proxy'],
    );
  });

  it('is found without anything that mounts it', () => assert.deepEqual(only(envoysIn(configMap(text))).pods, []));

  it('is found in a Secret, and after --config-yaml', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { 'e.json': text } };
    assert.equal(only(envoysIn(secret)).label, 'Secret default/s (e.json)');
    const { label, pods } = only(envoysIn(pod({ name: 'envoy', args: ['--config-yaml', text] })));
    assert.deepEqual([label, pods.length], ['Pod shop/envoy (--config-yaml)', 1]);
  });

  it('is read in the other spelling of names, and with one message for a list of one', () => {
    const spelled = {
      staticResources: {
        clusters: {
          name: 'a',
          connectTimeout: '1s',
          healthChecks: { grpcHealthCheck: {} },
          typedExtensionProtocolOptions: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              explicitHttpConfig: { http2ProtocolOptions: {} },
            },
          },
        },
      },
    };
    const [first] = only(envoysIn(configMap(JSON.stringify(spelled)))).clusters;
    assert.equal(first?.at.get('connect_timeout').text(), '1s');
    assert.equal(first?.at.get('health_checks').items().length, 1);
    assert.ok(first?.http2);
  });

  it('is read as Envoy had it until 1.17', () => {
    const hosts = [{ socket_address: { address: 'cart', port_value: 1 } }];
    const virtual_hosts = [{ routes: [{ match: { prefix: '/' }, route: { cluster: 'a' } }] }];
    const filters = [
      { name: 'envoy.http_connection_manager', config: { route_config: { virtual_hosts } } },
      { name: 'envoy.tcp_proxy', config: { cluster: 'a' } },
    ];
    const old = config([cluster('a', { hosts })], { listeners: [{ filter_chains: [{ filters }] }] });
    const envoy = only(envoysIn(configMap(JSON.stringify(old))));
    assert.deepEqual(
      envoy.clusters[0]?.endpoints.map(({ host, port }) => [host, port]),
      [['cart', 1]],
    );
    assert.equal(envoy.listeners[0]?.managers[0]?.routes.length, 1);
    assert.equal(envoy.listeners[0]?.tcpProxies.length, 1);
  });
});

describe('isForCalls()', () => {
  const filter = (cluster_name: string) => ({ typed_config: { grpc_service: { envoy_grpc: { cluster_name } } } });
  const route = { match: { prefix: '/' }, route: { cluster: 'both' } };
  const manager = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    route_config: { virtual_hosts: [{ routes: [route] }] },
    http_filters: [
      filter('authz'),
      filter('both'),
      { typed_config: { http_service: { server_uri: { cluster: 'http' } } } },
    ],
  };
  const listeners = [{ filter_chains: [{ filters: [{ typed_config: manager }] }] }];
  const names = ['authz', 'both', 'http', 'xds', 'free'];
  const whole = {
    ...config(
      names.map((name) => cluster(name)),
      { listeners },
    ),
    dynamic_resources: { ads_config: { grpc_services: [{ envoy_grpc: { cluster_name: 'xds' } }] } },
  };
  const envoy = only(envoysIn(configMap(JSON.stringify(whole))));

  for (const [name, expected] of [
    ['authz', false],
    ['http', false],
    ['xds', false],
    ['both', true],
    ['free', true],
  ] as const) {
    it(`is ${expected} for the cluster ${name}`, () => {
      const found = envoy.clusters.find((each) => each.name === name);
      assert.equal(found && isForCalls(envoy, found), expected);
    });
  }
});
