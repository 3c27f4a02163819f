// What adopt makes of a service in Python that has nothing: no health service, no metrics, no probes, no Service; alone, and
// behind the Envoys that another service has already.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import {
  type Adopted,
  adoptAll,
  dashboardsOf,
  GO_ORDERS,
  objectOf,
  PYTHON_IMAGES,
  textOf,
} from '../../support/adopted';
import { type Dashboard, panelQueries } from '../../support/dashboards';
import type { EnvoyConfig } from '../../support/envoy-config';
import type { ConfigMap, NetworkPolicy } from '../../support/kubernetes-objects';
import { parseQuery } from '../../support/promql';
import { readScalingQuery } from '../../support/scaling-query';

function envoyOf(adopted: Adopted): EnvoyConfig {
  return parse(objectOf<ConfigMap>(adopted, 'envoy_proxy_k8s/configmap.yaml').data['envoy.yaml'] ?? '');
}

function routesOf(adopted: Adopted) {
  const grpc = envoyOf(adopted).static_resources.listeners.find(({ name }) => name === 'grpc');
  return grpc?.filter_chains[0]?.filters[0]?.typed_config.route_config.virtual_hosts[0]?.routes ?? [];
}

function rulesOf(adopted: Adopted) {
  return parse(objectOf<ConfigMap>(adopted, 'prometheus_k8s/adapter-configmap.yaml').data['config.yaml'] ?? '').rules;
}

/** The dashboard as it is when `cluster` is chosen at its top. */
function chosen(dashboard: Dashboard, cluster: string): Dashboard {
  const list = dashboard.templating.list.map((variable) => {
    return variable.name === 'cluster' ? { ...variable, current: { text: cluster, value: cluster } } : variable;
  });
  return { ...dashboard, templating: { list } };
}

describe('adopt of a service in Python without a health service', () => {
  let adopted: Adopted;
  before(async () => {
    adopted = await adoptAll([PYTHON_IMAGES]);
  });

  it('lets Envoy and the kubelet ask whether the port takes connections, and says what that loses', () => {
    const [check] = envoyOf(adopted).static_resources.clusters[0]?.health_checks ?? [];
    const {
      tcp_health_check: tcp,
      grpc_health_check: grpc,
      interval,
    } = (check ?? {}) as Readonly<Record<string, unknown>>;
    assert.deepEqual([tcp, grpc, interval], [{}, undefined, '0.5s'], 'the rest is the shipped check');
    const { spec } = parse(textOf(adopted, 'resizer_k8s/patch/deployment.patch'));
    assert.deepEqual(spec.template.spec.containers[0].readinessProbe, {
      tcpSocket: { port: 50051 },
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: 2,
    });
    assert.equal(parse(textOf(adopted, 'resizer_k8s/service-headless.yaml')).spec.publishNotReadyAddresses, false);
    assert.match(textOf(adopted, 'NEXT-STEPS.md'), /has no grpc\.health\.v1[\s\S]*What that loses/);
    assert.match(adopted.text, /health +none/);
  });

  it('lets the pod serve on until DNS has told, with as much grace after it as before', () => {
    const { template } = parse(textOf(adopted, 'resizer_k8s/patch/deployment.patch')).spec;
    const { seconds } = template.spec.containers[0].lifecycle.preStop.sleep;
    assert.equal(template.spec.terminationGracePeriodSeconds, 30 + seconds);
  });

  it('asks Envoy alone in its dashboards, and has nothing to choose that no panel uses', () => {
    for (const dashboard of dashboardsOf(adopted)) {
      for (const query of panelQueries(dashboard)) {
        const metrics = parseQuery(query.promql()).selectors.map(({ metric }) => metric);
        for (const metric of metrics) assert.match(metric, /^(envoy_\w+|up)$/, query.where);
      }
      const used = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
      for (const { name } of dashboard.templating.list) {
        assert.match(used, new RegExp(`\\$\\{?${name}\\b`), `${dashboard.title}: ${name}`);
      }
    }
  });

  it('scales by what Envoy counts, as a metric of the headless Service', () => {
    const rules = rulesOf(adopted);
    assert.deepEqual(
      rules.map(({ name }: { name: { as: string } }) => name.as),
      ['envoy_cluster_upstream_per_second', 'envoy_service_calls_per_second_of_resizer'],
    );
    const { seriesQuery, resources, metricsQuery } = rules[1];
    assert.match(seriesQuery, /^envoy_cluster_upstream_rq_total\{.*envoy_cluster_name="resizer"\}$/);
    assert.deepEqual(resources.overrides, {
      namespace: { resource: 'namespace' },
      envoy_cluster_name: { resource: 'service' },
    });
    const { add, series } = readScalingQuery(metricsQuery);
    assert.deepEqual([add, series], ['sum', '<<.Series>>{namespace="envoy",envoy_cluster_name="resizer"}']);
    assert.match(metricsQuery, /^label_replace\(.*,\s*"<<\.GroupBy>>", "resizer-headless", "", ""\)\s/s);
    const { spec } = parse(textOf(adopted, 'resizer_k8s/hpa.yaml'));
    assert.deepEqual(spec.metrics, [
      {
        type: 'Object',
        object: {
          describedObject: { apiVersion: 'v1', kind: 'Service', name: 'resizer-headless' },
          metric: { name: 'envoy_service_calls_per_second_of_resizer' },
          target: { type: 'AverageValue', averageValue: '2500m' },
        },
      },
    ]);
    assert.deepEqual([spec.minReplicas, spec.maxReplicas], [2, 7]);
  });

  it('asks Prometheus for nothing that is not there', () => {
    const config = parse(
      objectOf<ConfigMap>(adopted, 'prometheus_k8s/prometheus-configmap.yaml').data['prometheus.yml'] ?? '',
    );
    assert.deepEqual(config.scrape_configs[0].kubernetes_sd_configs[0].namespaces.names, ['envoy']);
    const policy = objectOf<NetworkPolicy>(adopted, 'prometheus_k8s/prometheus-networkpolicy.yaml');
    assert.doesNotMatch(JSON.stringify(policy), /images|resizer|grpc-server|grpc-client/);
    assert.ok(!adopted.files.has('resizer_k8s/role.yaml'));
    const pods = objectOf<NetworkPolicy>(adopted, 'resizer_k8s/last/networkpolicy.yaml');
    assert.deepEqual(
      pods.spec.ingress?.map(({ ports }) => ports?.[0]?.port),
      [50051],
    );
    const autoscaling = textOf(adopted, 'grafana_k8s/dashboard-autoscaling.yaml');
    assert.doesNotMatch(autoscaling, /grpc_requests_total/);
  });

  it('gives the method that may be asked again twice its slowest answer, and its calls the shipped proportion of it', () => {
    const [resize] = routesOf(adopted);
    assert.equal(resize?.match.path, '/images.Resizer/Resize');
    assert.equal(resize.route.retry_policy?.per_try_timeout, '6s');
    assert.deepEqual(resize.route.max_stream_duration, { grpc_timeout_header_max: '30s', max_stream_duration: '30s' });
  });

  it('lets every namespace call Envoy, since no one said who calls', () => {
    const { spec } = objectOf<NetworkPolicy>(adopted, 'envoy_proxy_k8s/networkpolicy.yaml');
    assert.deepEqual(spec.ingress?.[0]?.from, [{ namespaceSelector: {} }]);
  });
});

describe('adopt of a second service into the folder of the first', () => {
  let adopted: Adopted;
  before(async () => {
    adopted = await adoptAll([GO_ORDERS, PYTHON_IMAGES]);
  });

  it('gives the same Envoys a second cluster and its routes', () => {
    const { clusters } = envoyOf(adopted).static_resources;
    assert.deepEqual(
      clusters.map(({ name, load_assignment: { endpoints } }) => [
        name,
        endpoints[0]?.lb_endpoints[0]?.endpoint.address.socket_address.address,
      ]),
      [
        ['orders', 'orders-headless.shop.svc.cluster.local'],
        ['resizer', 'resizer-headless.images.svc.cluster.local'],
        ['admin', '127.0.0.1'],
      ],
    );
    const prefixes = routesOf(adopted).map(({ match, route }) => `${match.prefix ?? match.path} ${route.cluster}`);
    assert.deepEqual(
      new Set(prefixes.filter((text) => text.startsWith('/images'))),
      new Set(['/images.Resizer/Resize resizer', '/images.Resizer/ resizer']),
    );
    const firstPrefix = routesOf(adopted).findIndex(({ match }) => match.prefix !== undefined);
    assert.ok(
      routesOf(adopted)
        .slice(firstPrefix)
        .every(({ match }) => match.path === undefined),
      'paths come first',
    );
  });

  it('opens the arrows of both', () => {
    const { spec } = objectOf<NetworkPolicy>(adopted, 'envoy_proxy_k8s/networkpolicy.yaml');
    const namespaces = spec.egress?.map(
      ({ to }) => to?.[0]?.namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'],
    );
    assert.deepEqual(namespaces?.slice(0, 2), ['shop', 'images']);
    assert.deepEqual(
      spec.egress?.slice(0, 2).map(({ ports }) => ports?.[0]?.port),
      [9090, 50051],
    );
  });

  it('counts the calls of both for the Envoys, and each for itself', () => {
    const names = rulesOf(adopted).map(({ name }: { name: { as: string } }) => name.as);
    assert.deepEqual(names, [
      'grpc_server_handled_per_second',
      'envoy_cluster_upstream_per_second',
      'envoy_service_calls_per_second_of_orders',
      'envoy_service_calls_per_second_of_resizer',
    ]);
    assert.match(rulesOf(adopted)[1].seriesQuery, /envoy_cluster_name=~"orders\|resizer"/);
  });

  it('shows each of both in the dashboards, whose panels follow the choice of the cluster', () => {
    for (const [cluster, other] of [
      ['orders', 'resizer'],
      ['resizer', 'orders'],
    ] as const) {
      const dashboards = dashboardsOf(adopted).map((dashboard) => chosen(dashboard, cluster));
      const queries = dashboards.flatMap(panelQueries).map((query) => query.promql());
      const pods = (name: string) => `namespace=~"shop|images",pod=~"${name}-[^-]+-[^-]+"`;
      assert.ok(queries.includes(`sum(up{${pods(cluster)}})`));
      assert.ok(!queries.some((query) => query.includes(pods(other))));
      // Of two matchers for one label both have to hold, so that the part of the other service has no answer.
      const known = (name: string) =>
        `group(envoy_cluster_membership_total{namespace="envoy",envoy_cluster_name="${cluster}",envoy_cluster_name="${name}"})`;
      assert.ok(queries.includes(`vector(scalar(4 * ${known('orders')} or 2 * ${known('resizer')}))`));
      for (const query of queries) assert.deepEqual(parseQuery(query).errors, [], query);
    }
    for (const { title, templating } of dashboardsOf(adopted)) {
      const { options } = templating.list.find(({ name }) => name === 'cluster') ?? {};
      assert.deepEqual(
        options?.map(({ value }) => value),
        ['orders', 'resizer'],
        title,
      );
    }
  });

  it('leaves the folder of the first as it was', async () => {
    const alone = await adoptAll([GO_ORDERS]);
    for (const [file, text] of alone.files) {
      if (file.startsWith('orders_k8s/')) assert.equal(adopted.files.get(file), text, file);
    }
    assert.ok(adopted.files.has('resizer_k8s/hpa.yaml'));
  });

  it('is the same whether it was said once or twice', async () => {
    const twice = await adoptAll([GO_ORDERS, PYTHON_IMAGES, PYTHON_IMAGES]);
    assert.deepEqual(twice.problems, []);
    assert.deepEqual([...twice.files], [...adopted.files]);
  });
});
