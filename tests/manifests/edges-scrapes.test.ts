// The arrow from the pods' counters to Prometheus (E5): annotations, ports, discovery and the right to discover.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectionManager, listener, virtualHost } from '../support/envoy-config';
import { prometheusConfig } from '../support/metrics-config';
import { containerPort, envValue, one } from '../support/read-manifests';

const SCRAPED = { 'grpc-server': '/metrics', envoy: '/stats/prometheus', 'grpc-client': '/metrics' };

describe('E5: Prometheus scrapes the pods', () => {
  for (const [name, path] of Object.entries(SCRAPED)) {
    it(`${name}: its annotations name the port that it listens on, and ${path}`, () => {
      const deployment = one('Deployment', name, name);
      const annotations = deployment.spec.template.metadata.annotations ?? {};
      assert.equal(annotations['prometheus.io/scrape'], 'true');
      assert.equal(annotations['prometheus.io/path'], path);
      assert.equal(annotations['prometheus.io/port'], String(containerPort(deployment, 'http-metrics')));
    });

    it(`${name}: Prometheus reads its namespace, and has the rights to`, () => {
      const [discovery] = prometheusConfig().job('pods').kubernetes_sd_configs ?? [];
      assert.equal(discovery?.role, 'pod');
      assert.ok(discovery?.namespaces.names.includes(name));
      const { rules, metadata } = one('Role', name, 'pod-reader');
      assert.deepEqual(rules, [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
      const binding = one('RoleBinding', name, 'pod-reader');
      assert.deepEqual(binding.roleRef, { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name });
      assert.ok(
        binding.subjects.some((subject) => subject.name === 'prometheus' && subject.namespace === 'prometheus'),
      );
    });
  }

  it('no other namespace', () => {
    const [discovery] = prometheusConfig().job('pods').kubernetes_sd_configs ?? [];
    assert.deepEqual([...(discovery?.namespaces.names ?? [])].sort(), Object.keys(SCRAPED).sort());
  });

  it('the Node services listen where their annotations say', () => {
    const server = one('Deployment', 'grpc-server', 'grpc-server');
    assert.equal(envValue(server, 'METRICS_PORT'), String(containerPort(server, 'http-metrics')));
    assert.equal(envValue(server, 'METRICS_HOST'), '0.0.0.0');
    const { data } = one('ConfigMap', 'grpc-client', 'grpc-client-config');
    const client = one('Deployment', 'grpc-client', 'grpc-client');
    assert.equal(data.METRICS_PORT, String(containerPort(client, 'http-metrics')));
    assert.equal(data.METRICS_HOST, '0.0.0.0');
  });

  it('Envoy serves its statistics on the port and path of its annotations', () => {
    const envoy = one('Deployment', 'envoy', 'envoy');
    assert.deepEqual(listener('stats').address.socket_address, {
      address: '0.0.0.0',
      port_value: containerPort(envoy, 'http-metrics'),
    });
    assert.equal(connectionManager('stats').codec_type, 'HTTP1');
    assert.deepEqual(
      virtualHost('stats').routes.map(({ match }) => match.path),
      [SCRAPED.envoy],
    );
  });

  it('the configuration reads exactly those annotations', () => {
    const rules = prometheusConfig().job('pods').relabel_configs ?? [];
    const annotation = '__meta_kubernetes_pod_annotation_prometheus_io_';
    const [scrape] = rules.filter(({ source_labels }) => source_labels.includes(`${annotation}scrape`));
    assert.deepEqual([scrape?.action, scrape?.regex], ['keep', 'true']);
    const [path] = rules.filter(({ target_label }) => target_label === '__metrics_path__');
    assert.deepEqual(path?.source_labels, [`${annotation}path`]);
    const [address] = rules.filter(({ target_label }) => target_label === '__address__');
    assert.deepEqual(address?.source_labels, ['__meta_kubernetes_pod_ip', `${annotation}port`]);
  });
});
