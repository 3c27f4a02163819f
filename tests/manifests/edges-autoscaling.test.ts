// The arrows that a number follows from Prometheus to the adapter, to the custom metrics API, to the HPAs and to the
// Deployments that they scale (E6-E9).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cluster, endpointOf } from '../support/envoy-config';
import { knownSeries } from '../support/known-metrics';
import { adapterRules, podRules, prometheusConfig } from '../support/metrics-config';
import { parseQuery } from '../support/promql';
import { all, containerOf, containerPort, envoyLoadAutoscaler, one } from '../support/read-manifests';

const prometheusService = () => one('Service', 'prometheus', 'prometheus-service');
const adapterArgs = () => containerOf(one('Deployment', 'prometheus', 'prometheus-adapter')).args ?? [];

describe('E6: the adapter asks Prometheus for series that the pods have', () => {
  it('its URL is the Service prometheus-service and its port', () => {
    const { metadata, spec } = prometheusService();
    const url = `http://${metadata.name}.${metadata.namespace}.svc.cluster.local:${spec.ports[0]?.port}/`;
    assert.ok(adapterArgs().includes(`--prometheus-url=${url}`), url);
  });

  it('that Service leads to the port that Prometheus listens on', () => {
    const prometheus = one('Deployment', 'prometheus', 'prometheus');
    const port = containerPort(prometheus, String(prometheusService().spec.ports[0]?.targetPort));
    assert.ok(containerOf(prometheus).args?.includes(`--web.listen-address=0.0.0.0:${port}`));
    assert.equal(prometheusService().spec.ports[0]?.port, 9090);
    const { labels = {} } = prometheus.spec.template.metadata;
    const name = 'app.kubernetes.io/name';
    assert.deepEqual(prometheusService().spec.selector, { [name]: labels[name] });
  });

  it('pods are told by labels that Prometheus gives', () => {
    const given = (prometheusConfig().job('pods').relabel_configs ?? []).map(({ target_label }) => target_label);
    const labels = podRules().flatMap(({ resources }) => Object.keys(resources.overrides));
    assert.deepEqual([...new Set(labels)], ['namespace', 'pod']);
    for (const label of labels) assert.ok(given.includes(label), label);
  });

  for (const rule of adapterRules()) {
    const resource = 'pod' in rule.resources.overrides ? 'pod' : 'service';
    it(`${rule.name.as}: its series exists, with the labels that find it and associate it`, async () => {
      const { errors, selectors } = parseQuery(rule.seriesQuery);
      assert.deepEqual(errors, []);
      const [selector] = selectors;
      const series = (await knownSeries()).get(selector?.metric ?? '');
      assert.equal(series?.type, 'counter', `${selector?.metric}: a counter of ours, or of Envoy`);
      for (const { label } of selector?.matchers ?? []) assert.ok(series?.labels.has(label), label);
      const { namespace, ...object } = rule.resources.overrides;
      assert.deepEqual(namespace, { resource: 'namespace' });
      assert.deepEqual(Object.values(object), [{ resource }]);
      for (const label of Object.keys(rule.resources.overrides)) assert.ok(series?.labels.has(label), label);
    });
  }
});

describe('E7: each HPA asks for a metric that the adapter offers', () => {
  const EXPECTED = {
    'grpc-server': { metric: 'grpc_requests_per_second', series: 'grpc_requests_total' },
    envoy: { metric: 'envoy_cluster_upstream_per_second', series: 'envoy_cluster_upstream_rq_total' },
  };
  for (const [name, { metric, series }] of Object.entries(EXPECTED)) {
    it(`${name}: ${metric}, 300m per pod, made of ${series}`, () => {
      const { metrics } = one('HorizontalPodAutoscaler', name, name).spec;
      assert.deepEqual(metrics, [
        { type: 'Pods', pods: { metric: { name: metric }, target: { type: 'AverageValue', averageValue: '300m' } } },
      ]);
      const rules = adapterRules().filter((rule) => rule.name.as === metric);
      assert.equal(rules.length, 1);
      assert.equal(parseQuery(rules[0]?.seriesQuery ?? '').selectors[0]?.metric, series);
    });

    it(`${name}: the adapter may list the pods`, () => {
      const { subjects } = one('RoleBinding', name, 'pod-reader');
      const found = subjects.filter((subject) => subject.name === 'prometheus-adapter');
      assert.deepEqual(found, [{ kind: 'ServiceAccount', name: 'prometheus-adapter', namespace: 'prometheus' }]);
    });
  }
});

describe('E7: the HPA of the servers that needs nothing of them', () => {
  const METRIC = 'envoy_service_calls_per_second';

  it('asks for what Envoy counts, 300m per pod, of the Service that Envoy calls (E3)', () => {
    const { metrics } = envoyLoadAutoscaler().spec;
    const { apiVersion, kind, metadata } = one('Service', 'grpc-server', 'grpc-server-headless');
    const describedObject = { apiVersion, kind, name: metadata.name };
    const target = { type: 'AverageValue', averageValue: '300m' };
    assert.deepEqual(metrics, [{ type: 'Object', object: { describedObject, metric: { name: METRIC }, target } }]);
    assert.equal(envoyLoadAutoscaler().metadata.namespace, metadata.namespace, 'an HPA asks in its own namespace');
  });

  it('that is a metric of Services, made by one rule, of the requests to the cluster that calls this Service', () => {
    const rules = adapterRules().filter(({ name }) => name.as === METRIC);
    assert.equal(rules.length, 1);
    const [rule] = rules;
    assert.ok(Object.values(rule?.resources.overrides ?? {}).some(({ resource }) => resource === 'service'));
    const [selector] = parseQuery(rule?.seriesQuery ?? '').selectors;
    assert.equal(selector?.metric, 'envoy_cluster_upstream_rq_total');
    assert.deepEqual(
      selector?.matchers.map(({ label, operator, value }) => [label, operator, value]),
      [
        ['namespace', '=', 'envoy'],
        ['envoy_cluster_name', '=', cluster('greeter').name],
      ],
    );
    const { address } = endpointOf(cluster('greeter'));
    const { describedObject } = envoyLoadAutoscaler().spec.metrics[0]?.object ?? assert.fail('no Object metric');
    assert.ok(address.startsWith(`${describedObject.name}.${envoyLoadAutoscaler().metadata.namespace}.`), address);
  });

  it('is otherwise the one that it takes the place of', () => {
    const { metadata, spec } = one('HorizontalPodAutoscaler', 'grpc-server', 'grpc-server');
    const other = envoyLoadAutoscaler();
    assert.deepEqual(other.metadata, metadata);
    assert.deepEqual({ ...other.spec, metrics: [] }, { ...spec, metrics: [] });
  });
});

describe('E8: each HPA scales a Deployment', () => {
  for (const [name, min] of Object.entries({ 'grpc-server': 3, envoy: 2 })) {
    it(`${name}: ${min} to 10 pods, and nothing else sets the number`, () => {
      const { spec } = one('HorizontalPodAutoscaler', name, name);
      const deployment = one('Deployment', name, name);
      assert.deepEqual(spec.scaleTargetRef, {
        apiVersion: deployment.apiVersion,
        kind: deployment.kind,
        name: deployment.metadata.name,
      });
      assert.deepEqual([spec.minReplicas, spec.maxReplicas], [min, 10]);
      assert.equal(deployment.spec.replicas, undefined);
    });
  }

  it('no other Deployment is scaled', () => {
    assert.deepEqual(
      all('HorizontalPodAutoscaler')
        .map(({ metadata }) => metadata.name)
        .sort(),
      ['envoy', 'grpc-server'],
    );
  });
});

describe('E9: the API server asks the adapter', () => {
  const adapter = () => one('Deployment', 'prometheus', 'prometheus-adapter');

  it('the APIService names its Service and port, and the group that the HPAs read', () => {
    const { metadata, spec } = one('APIService', undefined, 'v1beta1.custom.metrics.k8s.io');
    const service = one('Service', 'prometheus', 'prometheus-adapter');
    assert.deepEqual(spec.service, { name: 'prometheus-adapter', namespace: 'prometheus', port: 443 });
    assert.equal(service.spec.ports[0]?.port, spec.service.port);
    assert.equal(`${spec.version}.${spec.group}`, metadata.name);
  });

  it('the Service leads to the port that the adapter listens on', () => {
    const { spec } = one('Service', 'prometheus', 'prometheus-adapter');
    const port = containerPort(adapter(), String(spec.ports[0]?.targetPort));
    assert.ok(adapterArgs().includes(`--secure-port=${port}`));
    assert.deepEqual(spec.selector, { 'app.kubernetes.io/name': 'prometheus-adapter' });
    assert.equal(adapter().spec.template.metadata.labels?.['app.kubernetes.io/name'], 'prometheus-adapter');
  });

  it('it checks the certificate that the adapter shows', () => {
    const { spec } = one('APIService', undefined, 'v1beta1.custom.metrics.k8s.io');
    assert.equal(spec.insecureSkipTLSVerify, undefined);
    assert.equal(spec.caBundle, undefined, 'made per cluster by deploy-all.sh');
    const { volumes } = adapter().spec.template.spec;
    const tls = volumes?.find(({ secret }) => secret?.secretName === 'prometheus-adapter-tls');
    const mount = containerOf(adapter()).volumeMounts?.find(({ name }) => name === tls?.name);
    assert.ok(adapterArgs().includes(`--tls-cert-file=${mount?.mountPath}/tls.crt`));
    assert.ok(adapterArgs().includes(`--tls-private-key-file=${mount?.mountPath}/tls.key`));
  });

  it('the adapter may ask the API server to identify its callers', () => {
    const account = [{ kind: 'ServiceAccount', name: 'prometheus-adapter', namespace: 'prometheus' }];
    const [delegator] = all('ClusterRoleBinding');
    assert.equal(delegator?.roleRef.name, 'system:auth-delegator');
    assert.deepEqual(delegator?.subjects, account);
    const reader = one('RoleBinding', 'kube-system', 'prometheus-adapter:extension-apiserver-authentication-reader');
    assert.equal(reader.roleRef.name, 'extension-apiserver-authentication-reader');
    assert.deepEqual(reader.subjects, account);
    assert.equal(adapter().spec.template.spec.serviceAccountName, 'prometheus-adapter');
  });
});
