// The dashboards that adopt writes, asked of a real Prometheus: whichever service is chosen at the top, the panels show its
// load, its pods and its numbers, and nothing of the other; and no panel is empty, though the pods of one show nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mustRunAll } from '../../command-line/machine';
import { adoptAll, dashboardsOf, GO_ORDERS, PYTHON_IMAGES } from '../support/adopted';
import { type Dashboard, substituteVariables } from '../support/dashboards';
import { readEnvoyMetrics } from '../support/envoy-metric-names';
import { findTestPrometheus } from '../support/prometheus-binary';
import { type Frame, withReplayed } from '../support/replayed-prometheus';

const STEP_SECONDS = 5;
const STEPS = 13;
const ORDERS_PER_POD = 60;
const OF_ANOTHER_DEPLOYMENT = 999;
const RESIZES_PER_ENVOY = 3;

/** Four pods of orders beside one of another Deployment, two Envoys, three pods of resizer, which show nothing. */
function frameAt(step: number): Frame {
  const seconds = step * STEP_SECONDS;
  const frame = new Map<string, number>();
  for (const pod of [1, 2, 3, 4]) {
    const labels = `namespace="shop",pod="orders-5d9c-p${pod}"`;
    frame.set(`grpc_server_handled_total{${labels},grpc_service="shop.orders.v1.Orders"}`, seconds * ORDERS_PER_POD);
    frame.set(`grpc_server_handled_total{${labels},grpc_service="grpc.health.v1.Health"}`, seconds * 2);
  }
  const other = 'namespace="shop",pod="billing-77f8-x"';
  frame.set(`grpc_server_handled_total{${other},grpc_service="billing"}`, seconds * OF_ANOTHER_DEPLOYMENT);
  for (const envoy of [1, 2]) {
    for (const [cluster, pods, rate] of [
      ['orders', 4, (4 * ORDERS_PER_POD) / 2],
      ['resizer', 3, RESIZES_PER_ENVOY],
    ] as const) {
      const labels = `namespace="envoy",pod="envoy-${envoy}",envoy_cluster_name="${cluster}"`;
      frame.set(`envoy_cluster_membership_total{${labels}}`, pods);
      frame.set(`envoy_cluster_membership_healthy{${labels}}`, pods);
      frame.set(`envoy_cluster_upstream_rq_total{${labels}}`, seconds * rate);
      for (let pod = 1; pod <= pods; pod += 1) {
        const address = `envoy_endpoint_address="10.0.0.${pod}:50051"`;
        frame.set(`envoy_cluster_endpoint_rq_total{${labels},${address}}`, (seconds * rate) / pods);
      }
    }
  }
  return frame;
}

/** All that a real Envoy shows of these clusters, and that a Go service shows which has its library's metrics. */
function everythingAt(step: number, clusters: readonly string[]): Frame {
  const seconds = step * STEP_SECONDS;
  const frame = new Map<string, number>();
  const values: Readonly<Record<string, string>> = {
    envoy_endpoint_address: '10.0.0.1:50051',
    envoy_http_conn_manager_prefix: 'ingress_grpc',
    envoy_response_code: '200',
    envoy_response_code_class: '2',
  };
  const add = (name: string, type: string, labels: readonly string[]) => {
    const text = labels.join(',');
    if (type !== 'histogram') return void frame.set(`${name}{${text}}`, type === 'counter' ? seconds : 1);
    for (const le of ['5', '+Inf']) frame.set(`${name}_bucket{${text},le="${le}"}`, seconds);
  };
  for (const { name, type, labels } of readEnvoyMetrics()) {
    const isOfCluster = labels.includes('envoy_cluster_name');
    for (const cluster of isOfCluster ? clusters : ['']) {
      const own = labels.map(
        (label) => `${label}="${isOfCluster && label === 'envoy_cluster_name' ? cluster : (values[label] ?? 'x')}"`,
      );
      add(name, type, ['namespace="envoy"', 'pod="envoy-1"', ...own]);
    }
  }
  frame.set('up{namespace="envoy",pod="envoy-1"}', 1);
  if (!clusters.includes('orders')) return frame;
  const pod = ['namespace="shop"', 'pod="orders-5d9c-p1"'];
  const method = ['grpc_service="shop.orders.v1.Orders"', 'grpc_method="GetOrder"'];
  frame.set(`up{${pod}}`, 1);
  for (const name of ['grpc_server_handled_total', 'process_cpu_seconds_total']) {
    add(name, 'counter', name.startsWith('grpc') ? [...pod, ...method, 'grpc_code="OK"'] : pod);
  }
  add('grpc_server_handling_seconds', 'histogram', [...pod, ...method]);
  for (const name of ['process_resident_memory_bytes', 'process_start_time_seconds']) add(name, 'gauge', pod);
  return frame;
}

function chosenIn(dashboard: Dashboard, cluster: string): Dashboard {
  const list = dashboard.templating.list.map((variable) =>
    variable.name === 'cluster' ? { ...variable, current: { text: cluster, value: cluster } } : variable,
  );
  return { ...dashboard, templating: { list } };
}

function queriesOf(dashboard: Dashboard, cluster: string): ReadonlyMap<string, string> {
  const chosen = chosenIn(dashboard, cluster);
  return new Map(
    dashboard.panels.flatMap(({ title, targets }) =>
      targets.map(
        ({ expr, legendFormat }) => [`${title}: ${legendFormat}`, substituteVariables(expr, chosen)] as const,
      ),
    ),
  );
}

describe('the dashboards of adopted services', async () => {
  const found = await findTestPrometheus();
  // Nothing that CI may install brings a Prometheus, so where there is none this is said, and not counted as a failure.
  if (!found.ok && mustRunAll(process.env)) {
    return void process.stderr.write(`# not tested: dashboards of adopt: ${found.missing}\n`);
  }
  const skip = !found.ok && found.missing;

  it('show the one that is chosen, and nothing of the other', { skip, timeout: 90_000 }, async () => {
    assert.ok(found.ok);
    const adopted = await adoptAll([GO_ORDERS, PYTHON_IMAGES]);
    const dashboard = dashboardsOf(adopted).find(({ uid }) => uid === 'autoscaling') ?? assert.fail('no dashboard');
    const frames = Array.from({ length: STEPS }, (_, step) => frameAt(step));
    return withReplayed({ binary: found.prometheus, stepSeconds: STEP_SECONDS, frames }, async (ask) => {
      for (const [cluster, load, pods, target, least, most] of [
        ['orders', 4 * ORDERS_PER_POD, 4, 50, 4, 14],
        ['resizer', 2 * RESIZES_PER_ENVOY, 3, 2.5, 2, 7],
      ] as const) {
        const queries = queriesOf(dashboard, cluster);
        const valuesOf = async (title: string) => {
          const samples = await ask(queries.get(title) ?? assert.fail(`no ${title} in ${[...queries.keys()]}`));
          return samples.map(({ value }) => Math.round(value * 1000) / 1000);
        };
        for (const [title, expected] of [
          ['Server: load per pod: mean', [load / pods]],
          ['Server: replicas: now', [pods]],
          ['Server: load asks for: asked for', [Math.ceil(load / target)]],
          ['Server: load per pod and target: {{pod}}{{envoy_endpoint_address}}', Array(pods).fill(load / pods)],
          ['Server: load per pod and target: target', [target]],
          ['Server: replicas, current and desired: least', [least]],
          ['Server: replicas, current and desired: most', [most]],
          ['Server: load against capacity: capacity', [target * pods]],
          ['Server: load as Envoys count it, and capacity: load', [load]],
        ] as const) {
          assert.deepEqual(await valuesOf(title), expected, `${cluster}: ${title}`);
        }
      }
    });
  });

  for (const [what, runs, clusters] of [
    ['of two, one of which shows nothing', [GO_ORDERS, PYTHON_IMAGES], ['orders', 'resizer']],
    ['of one that shows nothing', [PYTHON_IMAGES], ['resizer']],
  ] as const) {
    it(`have no panel that nothing can fill: ${what}`, { skip, timeout: 180_000 }, async () => {
      assert.ok(found.ok);
      const dashboards = dashboardsOf(await adoptAll(runs));
      const frames = Array.from({ length: STEPS }, (_, step) => everythingAt(step, clusters));
      return withReplayed({ binary: found.prometheus, stepSeconds: STEP_SECONDS, frames }, async (ask) => {
        const empty: string[] = [];
        for (const cluster of clusters) {
          for (const dashboard of dashboards) {
            const chosen = chosenIn(dashboard, cluster);
            for (const { title, targets } of dashboard.panels) {
              const answers: number[] = [];
              for (const { expr } of targets) answers.push((await ask(substituteVariables(expr, chosen))).length);
              if (answers.every((samples) => samples === 0)) empty.push(`${cluster}: ${dashboard.uid}: ${title}`);
            }
          }
        }
        assert.deepEqual(empty, []);
      });
    });
  }
});
