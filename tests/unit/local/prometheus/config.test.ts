// The shipped configuration of Prometheus on loopback.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { localPrometheusConfig, targetsOf } from '../../../../local/prometheus/config';
import { readManifests } from '../../../../manifest-reader/manifests';
import { prometheusConfig } from '../../../support/metrics-config';
import { ROOT } from '../../../support/read-manifests';

describe('the configuration of a local Prometheus', () => {
  it('is the shipped one, with pods found in a file', () => {
    const { global, scrape_configs: jobs } = parse(localPrometheusConfig(ROOT, '/run/targets.json'));
    const shipped = prometheusConfig();
    assert.deepEqual(global, shipped.global);
    const { kubernetes_sd_configs: _, relabel_configs: __, ...kept } = shipped.job('pods');
    assert.ok(Object.keys(kept).length > 1, 'there is more to keep than a name');
    assert.deepEqual(jobs, [{ ...kept, file_sd_configs: [{ files: ['/run/targets.json'], refresh_interval: '5s' }] }]);
  });

  it('finds pods where their annotations say, with the labels that the shipped one gives them', () => {
    const { server, envoy } = readManifests(ROOT);
    const silent = { ...server, scrape: undefined };
    const targets = targetsOf([
      { name: 'grpc-server-3', address: '127.0.0.13', manifest: server },
      { name: 'envoy-1', address: '127.0.0.2', manifest: envoy },
      { name: 'silent-1', address: '127.0.0.3', manifest: silent },
    ]);
    assert.deepEqual(JSON.parse(targets), [
      {
        targets: ['127.0.0.13:9464'],
        labels: { __metrics_path__: '/metrics', namespace: 'grpc-server', pod: 'grpc-server-3', job: 'grpc-server' },
      },
      {
        targets: ['127.0.0.2:9902'],
        labels: { __metrics_path__: '/stats/prometheus', namespace: 'envoy', pod: 'envoy-1', job: 'envoy' },
      },
    ]);
    const labels = prometheusConfig()
      .job('pods')
      .relabel_configs?.flatMap(({ target_label }) => target_label ?? []);
    assert.deepEqual(new Set(labels), new Set(['__metrics_path__', '__address__', 'namespace', 'pod', 'job']));
  });
});
