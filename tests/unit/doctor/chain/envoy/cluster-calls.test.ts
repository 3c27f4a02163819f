// What counts as a sign of gRPC, and what does not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readChain } from '../../../../../doctor/chain/chain';
import { clusterEvidence } from '../../../../../doctor/chain/envoy/cluster-calls';
import { inputOf } from '../../examined';

const TYPE = 'type.googleapis.com/envoy.extensions.filters';
const address = { address: 'cart', port_value: 80 };
const endpoints = [{ lb_endpoints: [{ endpoint: { address: { socket_address: address } } }] }];

interface Parts {
  readonly cluster?: object;
  readonly routes?: readonly object[];
  readonly filters?: readonly object[];
  readonly port?: object;
  readonly container?: object;
}

function evidence({ cluster = {}, routes, filters = [], port = {}, container = {} }: Parts): string | undefined {
  const manager = {
    '@type': `${TYPE}.network.http_connection_manager.v3.HttpConnectionManager`,
    route_config: { virtual_hosts: [{ routes: routes ?? [{ match: { prefix: '/' }, route: { cluster: 'c' } }] }] },
    http_filters: filters.map((typed_config) => ({ typed_config })),
  };
  const listeners = [{ filter_chains: [{ filters: [{ typed_config: manager }] }] }];
  const clusters = [{ name: 'c', type: 'STRICT_DNS', load_assignment: { endpoints }, ...cluster }];
  const objects = [
    { static_resources: { listeners, clusters } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'cart' },
      spec: { selector: { app: 'cart' }, ports: [{ port: 80, targetPort: 9090, ...port }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'cart', labels: { app: 'cart' } },
      spec: { containers: [{ name: 'cart', ports: [{ containerPort: 9090 }], ...container }] },
    },
  ];
  const chain = readChain(inputOf(objects.map((object) => JSON.stringify(object)).join('\n---\n')));
  const [envoy] = chain.envoys;
  const [first] = envoy?.clusters ?? [];
  assert.ok(envoy && first);
  return clusterEvidence(chain, envoy, first);
}

describe('clusterEvidence()', () => {
  const probe = (command: string) => ({ readinessProbe: { exec: { command: ['/bin/grpc_health_probe', command] } } });
  const grpcWeb = { '@type': `${TYPE}.http.grpc_web.v3.GrpcWeb` };
  const page = { match: { prefix: '/page' }, route: { cluster: 'page' } };
  const call = { match: { prefix: '/' }, route: { cluster: 'c' } };
  const signs: readonly (readonly [what: string, parts: Parts, isSign: boolean])[] = [
    ['nothing', {}, false],
    ['a gRPC health check', { cluster: { health_checks: [{ grpc_health_check: {} }] } }, true],
    ['an HTTP health check', { cluster: { health_checks: [{ http_health_check: {} }] } }, false],
    ['a route that matches gRPC', { routes: [{ ...call, match: { prefix: '/', grpc: {} } }] }, true],
    ['a filter of gRPC with this cluster behind it', { filters: [grpcWeb] }, true],
    ['a filter of gRPC with a web page behind it too', { filters: [grpcWeb], routes: [page, call] }, false],
    ['the name of the port', { port: { name: 'grpc-cart' } }, true],
    ['a later word of the name of the port', { port: { name: 'otlp-grpc' } }, true],
    ['the name of the container port', { container: { ports: [{ name: 'grpc', containerPort: 9090 }] } }, true],
    ['the name of a port for JSON', { port: { name: 'grpc-gateway' } }, false],
    ['appProtocol h2c', { port: { appProtocol: 'kubernetes.io/h2c' } }, true],
    ['appProtocol http', { port: { appProtocol: 'http' } }, false],
    ['a gRPC probe on the port', { container: { livenessProbe: { grpc: { port: 9090 } } } }, true],
    ['a gRPC probe on another port', { container: { livenessProbe: { grpc: { port: 9091 } } } }, false],
    ['grpc_health_probe on the port', { container: probe('-addr=:9090') }, true],
    ['grpc_health_probe with more flags', { container: probe('-addr=:9090 -connect-timeout=1s') }, true],
    ['grpc_health_probe on another port', { container: probe('-addr=:90901') }, false],
  ];
  for (const [what, parts, isSign] of signs) {
    it(`takes ${what} for ${isSign ? 'a' : 'no'} sign`, () => assert.equal(evidence(parts) !== undefined, isSign));
  }
});
