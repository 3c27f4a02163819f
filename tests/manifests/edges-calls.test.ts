// The arrows that a call follows, from grpc-client to a grpc-server pod (E1-E4): what one end says must equal what the
// other end says, read from the YAML itself and from the code.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GREETER_SERVICE } from '../../proto/load';
import { LIVENESS } from '../../server/health';
import {
  cluster,
  connectionManager,
  endpointOf,
  envoyConfigText,
  HTTP_PROTOCOL_OPTIONS,
  listener,
  virtualHost,
} from '../support/envoy-config';
import { ASKED_ONCE, IDEMPOTENT } from '../support/idempotent-methods';
import type { ConfigMap, Deployment, Service } from '../support/kubernetes-objects';
import { all, containerOf, containerPort, envValue, meshClientConfig, one } from '../support/read-manifests';

const CLUSTER_DOMAIN = 'svc.cluster.local';
const serverPods = () => one('Deployment', 'grpc-server', 'grpc-server');
const envoyPods = () => one('Deployment', 'envoy', 'envoy');
const clientConfig = () => one('ConfigMap', 'grpc-client', 'grpc-client-config');

describe('E1: grpc-client calls the Envoy Services', () => {
  it('without a mesh it resolves every Envoy by the headless Service and takes turns', () => {
    const service = calledBy(clientConfig());
    assert.equal(service.metadata.namespace, 'envoy');
    assert.equal(service.spec.clusterIP, 'None');
    assert.equal(clientConfig().data.LB_POLICY, 'round_robin');
  });

  it('with a mesh it opens one channel to the Service envoy:8443', () => {
    const service = calledBy(meshClientConfig());
    assert.equal(hostOf(service), 'envoy.envoy.svc.cluster.local');
    assert.equal(service.spec.clusterIP, undefined);
    assert.equal(meshClientConfig().data.LB_POLICY, 'pick_first');
  });

  it('both use one ConfigMap that differs only in the target and the policy', () => {
    const others = ({ data: { GRPC_SERVER_DOMAIN, LB_POLICY, ...rest } }: ConfigMap) => rest;
    assert.deepEqual(others(meshClientConfig()), others(clientConfig()));
    assert.deepEqual(meshClientConfig().metadata, clientConfig().metadata);
  });

  it('the Deployment takes its settings from that ConfigMap', () => {
    const client = one('Deployment', 'grpc-client', 'grpc-client');
    assert.deepEqual(containerOf(client).envFrom, [{ configMapRef: { name: clientConfig().metadata.name } }]);
  });
});

describe('E2: the Envoy Services send to the listener of Envoy', () => {
  for (const name of ['envoy', 'envoy-headless']) {
    it(`${name} selects the Envoy pods and their port grpc, and says that it is HTTP/2`, () => {
      const service = one('Service', 'envoy', name);
      assertSelects(service, envoyPods());
      const [port] = service.spec.ports;
      assert.equal(service.spec.ports.length, 1);
      assert.equal(targetOf(service, envoyPods()), listener('grpc').address.socket_address.port_value);
      assert.equal(port?.port, 8443);
      assert.equal(port?.appProtocol, 'kubernetes.io/h2c');
    });
  }

  it('the headless one publishes the port that the pods listen on, and ready pods only', () => {
    const { spec } = one('Service', 'envoy', 'envoy-headless');
    assert.equal(spec.clusterIP, 'None');
    assert.equal(spec.ports[0]?.port, containerPort(envoyPods(), 'grpc'));
    assert.equal(spec.publishNotReadyAddresses, false);
  });

  it('the listener is reachable from other pods and speaks HTTP/2', () => {
    assert.equal(listener('grpc').address.socket_address.address, '0.0.0.0');
    assert.equal(connectionManager('grpc').codec_type, 'HTTP2');
  });
});

describe('E3: Envoy finds the pods by the headless Service', () => {
  const headless = () => one('Service', 'grpc-server', 'grpc-server-headless');

  it('its address is the full name of grpc-server-headless', () => {
    assert.equal(endpointOf(cluster('greeter')).address, hostOf(headless()));
  });

  it('the Service has no virtual IP, selects the server pods, and lists unready ones, which Envoy checks itself', () => {
    assert.equal(headless().spec.clusterIP, 'None');
    assert.equal(headless().spec.publishNotReadyAddresses, true);
    assert.equal(cluster('greeter').health_checks?.length, 1, 'without health checks Envoy would call unready pods');
    assert.equal(cluster('greeter').common_lb_config?.ignore_new_hosts_until_first_hc, true);
    assertSelects(headless(), serverPods());
  });

  it('the cluster is strict DNS: every address is a host of its own', () => {
    const { type, cluster_type } = cluster('greeter');
    assert.equal(type, undefined);
    assert.equal(cluster_type?.name, 'envoy.cluster.dns');
    assert.match(cluster_type?.typed_config['@type'] ?? '', /\.dns\.v3\.DnsCluster$/);
    assert.equal(cluster_type?.typed_config.all_addresses_in_single_endpoint, false);
    assert.match(envoyConfigText(), /# .*STRICT_DNS/, 'the name that a reader searches for');
  });
});

describe('E4: Envoy calls each server pod', () => {
  it('on the port that the server listens on: DNS does not map ports', () => {
    const port = endpointOf(cluster('greeter')).port_value;
    const headless = one('Service', 'grpc-server', 'grpc-server-headless');
    assert.equal(port, containerPort(serverPods(), 'grpc'));
    assert.equal(String(port), envValue(serverPods(), 'GRPC_PORT'));
    assert.equal(port, headless.spec.ports[0]?.port);
    assert.equal(port, targetOf(headless, serverPods()));
    assert.equal(envValue(serverPods(), 'GRPC_HOST'), '0.0.0.0');
  });

  it('in HTTP/2', () => {
    const options = cluster('greeter').typed_extension_protocol_options?.[HTTP_PROTOCOL_OPTIONS];
    assert.notEqual(options?.explicit_http_config.http2_protocol_options, undefined);
  });

  it('in turn: ROUND_ROBIN with one worker', () => {
    assert.equal(cluster('greeter').lb_policy, 'ROUND_ROBIN');
    const args = containerOf(envoyPods()).args ?? [];
    assert.equal(args[args.indexOf('--concurrency') + 1], '1');
  });

  it('with the paths of the contract, and no others', () => {
    const { routes } = virtualHost('grpc');
    const prefix = `/${GREETER_SERVICE}/`;
    assert.deepEqual(
      routes.map(({ match }) => match.path ?? match.prefix),
      [...IDEMPOTENT.map(({ path }) => path), prefix, prefix],
    );
    for (const { path } of ASKED_ONCE) assert.ok(path.startsWith(prefix), path);
    for (const { route } of routes) assert.equal(route.cluster, 'greeter');
  });

  it('after the same health check as the probes of the pod', () => {
    const [check] = cluster('greeter').health_checks ?? [];
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(serverPods());
    const port = containerPort(serverPods(), 'grpc');
    assert.deepEqual(startupProbe.grpc, { port, service: '' });
    assert.deepEqual(readinessProbe.grpc, { port, service: '' });
    assert.equal(check?.grpc_health_check.service_name, readinessProbe.grpc?.service);
    assert.deepEqual(livenessProbe.grpc, { port, service: LIVENESS });
  });

  it('the Service for the comparison without Envoy has one virtual IP for the same pods', () => {
    const service = one('Service', 'grpc-server', 'grpc-server');
    assertSelects(service, serverPods());
    assert.equal(service.spec.clusterIP, undefined);
    assert.equal(targetOf(service, serverPods()), containerPort(serverPods(), 'grpc'));
  });
});

/** The Service that the settings of a client name, by name and port. */
function calledBy({ data }: ConfigMap): Service {
  const found = all('Service').filter((service) => hostOf(service) === data.GRPC_SERVER_DOMAIN);
  assert.equal(found.length, 1, `a Service ${data.GRPC_SERVER_DOMAIN}`);
  const [service] = found as [Service];
  assert.equal(data.GRPC_SERVER_PORT, String(service.spec.ports[0]?.port));
  return service;
}

function hostOf({ metadata }: Service): string {
  return `${metadata.name}.${metadata.namespace}.${CLUSTER_DOMAIN}`;
}

/** Selectors use the name only: it never changes, and it picks all pods of the Deployment. */
function assertSelects(service: Service, deployment: Deployment): void {
  const labels = deployment.spec.template.metadata.labels ?? {};
  assert.deepEqual(service.spec.selector, { 'app.kubernetes.io/name': labels['app.kubernetes.io/name'] });
  assert.equal(service.metadata.namespace, deployment.metadata.namespace);
}

/** The number of the container port that the first port of `service` leads to. */
function targetOf(service: Service, deployment: Deployment): number | undefined {
  const target = service.spec.ports[0]?.targetPort;
  assert.equal(typeof target, 'string', 'ports are referred to by name');
  return containerPort(deployment, String(target));
}
