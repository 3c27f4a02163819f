// The autoscaling dashboard that adopt writes for two services, asked of a real Prometheus: whichever is chosen at its top, the
// panels show its load, its pods and its numbers, and nothing of the other.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mustRunAll } from '../../command-line/machine';
import { adoptAll, dashboardsOf, GO_ORDERS, PYTHON_IMAGES } from '../support/adopted';
import { type Dashboard, substituteVariables } from '../support/dashboards';
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

function queriesOf(dashboard: Dashboard, cluster: string): ReadonlyMap<string, string> {
  const list = dashboard.templating.list.map((variable) =>
    variable.name === 'cluster' ? { ...variable, current: { text: cluster, value: cluster } } : variable,
  );
  const chosen = { ...dashboard, templating: { list } };
  return new Map(
    dashboard.panels.flatMap(({ title, targets }) =>
      targets.map(
        ({ expr, legendFormat }) => [`${title}: ${legendFormat}`, substituteVariables(expr, chosen)] as const,
      ),
    ),
  );
}

describe('the autoscaling dashboard of two adopted services', async () => {
  const found = await findTestPrometheus();
  // Nothing that CI may install brings a Prometheus, so where there is none this is said, and not counted as a failure.
  if (!found.ok && mustRunAll(process.env)) {
    return void process.stderr.write(`# not tested: dashboards of adopt: ${found.missing}\n`);
  }
  const skip = !found.ok && found.missing;

  it('shows the one that is chosen, and nothing of the other', { skip, timeout: 90_000 }, async () => {
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
});
