// What adopt makes of a service in Go that has much already: a Service, probes, metrics, a sidecar, and labels of its own.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { followed } from '../../../adopt/dashboards/queries';
import { type Adopted, adoptAll, dashboardsOf, GO_ORDERS, objectOf, textOf } from '../../support/adopted';
import { panelQueries } from '../../support/dashboards';
import type { Cluster, EnvoyConfig } from '../../support/envoy-config';
import type { ConfigMap, Deployment, NetworkPolicy, Service } from '../../support/kubernetes-objects';
import { mayConnect } from '../../support/network-policies';
import { readScalingQuery } from '../../support/scaling-query';

const textsOf = ({ files }: Adopted) =>
  [...files].flatMap(([file, text]) => (file.includes('/dashboard-') ? [text] : [])).join('');

describe('adopt of a service in Go', () => {
  let adopted: Adopted;
  let envoy: EnvoyConfig;
  before(async () => {
    adopted = await adoptAll([GO_ORDERS]);
    envoy = parse(objectOf<ConfigMap>(adopted, 'envoy_proxy_k8s/configmap.yaml').data['envoy.yaml'] ?? '');
  });
  const cluster = () => envoy.static_resources.clusters[0] as Cluster;
  const host = () => {
    const grpc = envoy.static_resources.listeners.find(({ name }) => name === 'grpc');
    return grpc?.filter_chains[0]?.filters[0]?.typed_config.route_config.virtual_hosts[0] ?? assert.fail('no host');
  };

  it('asks again what was called idempotent, by its path, and everything else once, by prefix', () => {
    const shown = host().routes.map(({ match: { path, prefix, headers }, route }) => {
      return [path ?? prefix, route.cluster, route.retry_policy !== undefined, headers !== undefined];
    });
    assert.deepEqual(shown, [
      ['/shop.orders.v1.Orders/GetOrder', 'orders', true, false],
      ['/shop.orders.v1.Orders/ListOrders', 'orders', true, false],
      ['/shop.orders.v1.Returns/GetReturn', 'orders', true, false],
      ['/shop.orders.v1.Orders/', 'orders', false, true],
      ['/shop.orders.v1.Orders/', 'orders', false, false],
      ['/shop.orders.v1.Returns/', 'orders', false, true],
      ['/shop.orders.v1.Returns/', 'orders', false, false],
    ]);
    assert.equal(host().retry_policy?.retry_on, 'connect-failure,refused-stream,reset-before-request');
  });

  it('finds the pods by the selector and the port of the user, and asks the name that their probes ask', () => {
    const [endpoint] = cluster().load_assignment.endpoints[0]?.lb_endpoints ?? [];
    assert.deepEqual(endpoint?.endpoint.address.socket_address, {
      address: 'orders-headless.shop.svc.cluster.local',
      port_value: 9090,
    });
    const { metadata, spec } = objectOf<Service>(adopted, 'orders_k8s/service-headless.yaml');
    assert.deepEqual([metadata.name, metadata.namespace, spec.clusterIP], ['orders-headless', 'shop', 'None']);
    assert.deepEqual(spec.selector, { app: 'orders' });
    assert.deepEqual(spec.ports, [{ name: 'grpc', port: 9090, targetPort: 'grpc', appProtocol: 'kubernetes.io/h2c' }]);
    assert.equal(spec.publishNotReadyAddresses, false, 'the server has no drain of its own, so DNS has to tell');
    assert.deepEqual(cluster().health_checks?.[0]?.grpc_health_check, { service_name: 'shop.orders.v1.Orders' });
  });

  it('scales by the counter of the server, without its health checks, between what runs today and as much more as ours', () => {
    const { rules } = parse(
      objectOf<ConfigMap>(adopted, 'prometheus_k8s/adapter-configmap.yaml').data['config.yaml'] ?? '',
    );
    assert.deepEqual(
      rules.map(({ name }: { name: { as: string } }) => name.as),
      [
        'grpc_server_handled_per_second',
        'envoy_cluster_upstream_per_second',
        'envoy_service_calls_per_second_of_orders',
      ],
    );
    const matcher = 'grpc_service!="grpc.health.v1.Health"';
    assert.equal(rules[0].seriesQuery, `grpc_server_handled_total{namespace!="",pod!="",${matcher}}`);
    const { series } = readScalingQuery(rules[0].metricsQuery);
    assert.equal(series, `<<.Series>>{<<.LabelMatchers>>,${matcher}}`);
    const { spec } = parse(textOf(adopted, 'orders_k8s/hpa.yaml'));
    assert.deepEqual(spec.metrics, [
      {
        type: 'Pods',
        pods: { metric: { name: rules[0].name.as }, target: { type: 'AverageValue', averageValue: '50' } },
      },
    ]);
    assert.deepEqual([spec.scaleTargetRef.name, spec.minReplicas, spec.maxReplicas], ['orders', 4, 14]);
  });

  it('lets pass what the picture draws, with the names of the user at both ends', () => {
    const policies = [...adopted.files]
      .filter(([file]) => /networkpolicy[^/]*\.yaml$/.test(file))
      .map(([, text]) => parse(text) as NetworkPolicy);
    const ports = { grpc: 9090, metrics: 9100 };
    const orders = { namespace: 'shop', labels: { app: 'orders', team: 'checkout' }, ports };
    const proxy = {
      namespace: 'envoy',
      labels: { 'app.kubernetes.io/name': 'envoy' },
      ports: { grpc: 8443, 'http-metrics': 9902 },
    };
    const prometheus = { namespace: 'prometheus', labels: { 'app.kubernetes.io/name': 'prometheus' }, ports: {} };
    const web = { namespace: 'web', labels: { app: 'front' }, ports: {} };
    const stranger = { namespace: 'other', labels: { app: 'front' }, ports: {} };
    assert.ok(mayConnect(policies, web, proxy, 8443));
    assert.ok(mayConnect(policies, { ...web, namespace: 'batch' }, proxy, 8443));
    assert.ok(mayConnect(policies, proxy, orders, 9090));
    assert.ok(mayConnect(policies, prometheus, orders, 9100));
    assert.ok(mayConnect(policies, prometheus, proxy, 9902));
    assert.ok(mayConnect(policies, orders, stranger, 5432), 'what the pods call is left open');
    assert.ok(!mayConnect(policies, stranger, proxy, 8443));
    assert.ok(!mayConnect(policies, web, orders, 9090), 'not around Envoy');
    assert.ok(!mayConnect(policies, proxy, { ...orders, labels: { app: 'billing' } }, 9090));
    assert.ok(!mayConnect(policies, proxy, orders, 9100));
  });

  it('lets Prometheus look for pods in the namespace, and nowhere that it may not', () => {
    const config = parse(
      objectOf<ConfigMap>(adopted, 'prometheus_k8s/prometheus-configmap.yaml').data['prometheus.yml'] ?? '',
    );
    assert.deepEqual(config.scrape_configs[0].kubernetes_sd_configs[0].namespaces.names, ['shop', 'envoy']);
    const binding = parse(textOf(adopted, 'orders_k8s/rolebinding.yaml'));
    assert.deepEqual([binding.metadata.namespace, binding.roleRef.name], ['shop', 'orders-pod-reader']);
  });

  it('patches what is missing, and leaves alone what is there', () => {
    const { spec } = parse(textOf(adopted, 'orders_k8s/patch/deployment.patch'));
    assert.deepEqual(spec, {
      minReadySeconds: 5,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        spec: {
          terminationGracePeriodSeconds: 55,
          containers: [
            {
              name: 'server',
              // Readiness asks the same: a pod that drains would be restarted.
              livenessProbe: { grpc: null, tcpSocket: { port: 9090 } },
              lifecycle: { preStop: { sleep: { seconds: 35 } } },
            },
          ],
        },
      },
    });
    const text = textOf(adopted, 'orders_k8s/patch/deployment.yaml');
    const patched = parse(text) as Deployment;
    assert.equal(patched.spec.replicas, undefined);
    assert.match(text, /name: logs # ships the log files/, 'comments stay');
    assert.deepEqual(patched.spec.template.spec.containers[1]?.livenessProbe, { tcpSocket: { port: 9090 } });
    const before = parse(textOf(adopted, 'orders_k8s/patch/deployment.last-applied')) as Deployment;
    assert.equal(before.spec.replicas, undefined);
    assert.ok(before.spec.template.spec.containers[1]?.livenessProbe?.grpc, 'otherwise as it is today');
  });

  it('says how to go on, in order, with the names of the user', () => {
    const steps = textOf(adopted, 'NEXT-STEPS.md');
    const order = [
      '## 1. Health first',
      'grpc.health.v1.Health/Check',
      'kubectl apply -f orders_k8s/service-headless.yaml',
      'kubectl apply -f envoy_proxy_k8s/\n',
      'set-last-applied --create-annotation -f orders_k8s/patch/deployment.last-applied',
      'kubectl apply -f orders_k8s/patch/deployment.yaml',
      'dns:///envoy-headless.envoy.svc.cluster.local:8443',
      'kubectl apply -f orders_k8s/hpa.yaml',
      'kubectl apply -f orders_k8s/last/',
      '## Undo',
    ];
    const places = order.map((text) => steps.indexOf(text));
    assert.ok(!places.includes(-1), `${order[places.indexOf(-1)]} is missing`);
    assert.deepEqual(
      places,
      [...places].sort((one, other) => one - other),
    );
    assert.match(steps, /Orders\/GetOrder, Orders\/ListOrders, Returns\/GetReturn/);
    assert.doesNotMatch(steps, /undefined|\[object/);
    for (const [, file = ''] of steps.matchAll(/-f (\w+_k8s\/[\w./-]+)/g)) {
      assert.ok(
        [...adopted.files.keys()].some((known) => known === file || known.startsWith(file)),
        file,
      );
    }
  });

  it('shows the service in the dashboards', () => {
    const queries = dashboardsOf(adopted)
      .flatMap(panelQueries)
      .map((query) => query.promql());
    const text = queries.join('\n');
    const pods = 'namespace="shop",pod=~"orders-[^-]+-[^-]+"';
    const counter = `grpc_server_handled_total{${pods},grpc_service!="grpc.health.v1.Health"}`;
    for (const add of ['sum', 'sum by (pod) ']) assert.ok(text.includes(`(${followed(add, counter)})`), add);
    assert.ok(text.includes(`sum by (pod) (rate(grpc_server_handled_total{${pods},grpc_method=~".*"}[1m]))`));
    assert.ok(text.includes(`rate(grpc_server_handling_seconds_bucket{${pods},`));
    assert.match(text, /envoy_cluster_name="orders"/);
    assert.match(text, /\/ 50\), 4, 14\)/);
    assert.doesNotMatch(text, /greeter|grpc-server|grpc-client/);
    assert.doesNotMatch(textsOf(adopted), /greeter|SayHello|\\"grpc-server\\"/);
  });
});
