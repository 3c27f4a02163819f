// The objects that take the place of shipped ones for those who use KEDA or the Prometheus Operator: they say the same as
// what they replace. Nothing here runs them; schema.test.ts holds them against the types of those projects.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseQuantity } from '../../manifest-reader/autoscaler';
import type { KubernetesObject, NetworkPolicy } from '../support/kubernetes-objects';
import { adapterRules, prometheusConfig } from '../support/metrics-config';
import { all, containerPort, one, readManifest } from '../support/read-manifests';
import { readScalingQuery } from '../support/scaling-query';

interface ScaledObject extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: object;
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly triggers: readonly { readonly metricType: string; readonly metadata: Readonly<Record<string, string>> }[];
    readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly name: string; readonly behavior: object } };
  };
}

interface PodMonitor extends KubernetesObject {
  readonly spec: {
    readonly namespaceSelector: { readonly matchNames: readonly string[] };
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly interval: string;
      readonly scrapeTimeout: string;
      readonly honorLabels: boolean;
    }[];
  } & Readonly<Record<string, unknown>>;
}

describe('grpc_server_k8s/keda/scaledobject.yaml', () => {
  const { metadata, spec } = readManifest('grpc_server_k8s/keda/scaledobject.yaml').object as ScaledObject;
  const hpa = one('HorizontalPodAutoscaler', 'grpc-server', 'grpc-server');
  const [trigger] = spec.triggers;

  it('scales as the HPA does that it takes over', () => {
    assert.equal(metadata.namespace, hpa.metadata.namespace);
    assert.deepEqual(spec.scaleTargetRef, hpa.spec.scaleTargetRef);
    assert.deepEqual([spec.minReplicaCount, spec.maxReplicaCount], [hpa.spec.minReplicas, hpa.spec.maxReplicas]);
    assert.equal(metadata.annotations?.['scaledobject.keda.sh/transfer-hpa-ownership'], 'true');
    const { name, behavior } = spec.advanced.horizontalPodAutoscalerConfig;
    assert.equal(name, hpa.metadata.name);
    assert.deepEqual(behavior, hpa.spec.behavior);
  });

  it('aims for the same target, and takes no answer for no load', () => {
    assert.equal(trigger?.metricType, 'AverageValue');
    const target = parseQuantity(hpa.spec.metrics[0]?.pods.target.averageValue ?? '');
    assert.equal(Number(trigger?.metadata.threshold), target);
    assert.equal(trigger?.metadata.ignoreNullValues, 'false');
  });

  it("asks the same Prometheus with the query of the adapter's rule (E6, E12)", () => {
    const service = one('Service', 'prometheus', 'prometheus-service');
    const { name, namespace } = service.metadata;
    const address = `http://${name}.${namespace}.svc.cluster.local:${service.spec.ports[0]?.port}`;
    assert.equal(trigger?.metadata.serverAddress, address);
    const rule = adapterRules().find((each) => each.name.as === 'envoy_service_calls_per_second');
    const query = rule?.metricsQuery.replaceAll('<<.Series>>', 'envoy_cluster_upstream_rq_total') ?? '';
    assert.deepEqual(readScalingQuery(trigger?.metadata.query ?? ''), readScalingQuery(query));
  });

  it('is let through to Prometheus by a policy that opens no other port', () => {
    const policy = readManifest('prometheus_k8s/keda/networkpolicy.yaml').object as NetworkPolicy;
    const shipped = one('NetworkPolicy', 'prometheus', 'prometheus');
    assert.deepEqual(policy.spec.podSelector, shipped.spec.podSelector);
    assert.deepEqual(policy.spec.policyTypes, ['Ingress']);
    assert.deepEqual(
      policy.spec.ingress?.map(({ ports }) => ports),
      shipped.spec.ingress?.map(({ ports }) => ports),
    );
  });
});

describe('prometheus_k8s/operator/podmonitor.yaml', () => {
  const { spec } = readManifest('prometheus_k8s/operator/podmonitor.yaml').object as PodMonitor;
  const { global, job } = prometheusConfig();
  const pods = job('pods');
  const [endpoint, ...others] = spec.podMetricsEndpoints;

  it('reads the pods that the shipped Prometheus reads, as often and within the same bounds', () => {
    assert.deepEqual(spec.namespaceSelector.matchNames, pods.kubernetes_sd_configs?.[0]?.namespaces.names);
    assert.deepEqual([endpoint?.interval, endpoint?.scrapeTimeout], [global.scrape_interval, global.scrape_timeout]);
    assert.equal(endpoint?.honorLabels, pods.honor_labels);
    const { sampleLimit, labelLimit, labelValueLengthLimit, bodySizeLimit } = spec;
    assert.deepEqual(
      [sampleLimit, labelLimit, labelValueLengthLimit, bodySizeLimit],
      [global.sample_limit, global.label_limit, global.label_value_length_limit, global.body_size_limit],
    );
  });

  it('finds each of them by its labels and the name of its port (E5)', () => {
    assert.deepEqual(others, []);
    const scraped = all('Deployment').filter(
      ({ spec: { template } }) => template.metadata.annotations?.['prometheus.io/scrape'] === 'true',
    );
    const read = scraped.filter(({ metadata }) => spec.namespaceSelector.matchNames.includes(metadata.namespace ?? ''));
    assert.deepEqual(
      read.map(({ metadata }) => metadata.namespace).sort(),
      [...spec.namespaceSelector.matchNames].sort(),
    );
    for (const deployment of read) {
      const { labels, annotations } = deployment.spec.template.metadata;
      for (const [label, value] of Object.entries(spec.selector.matchLabels)) assert.equal(labels?.[label], value);
      const port = containerPort(deployment, endpoint?.port ?? '');
      assert.equal(annotations?.['prometheus.io/port'], String(port), deployment.metadata.name);
    }
  });
});
