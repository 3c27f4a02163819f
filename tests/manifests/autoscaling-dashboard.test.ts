// The Autoscaling dashboard computes what the HPAs should do from the numbers of their YAML and from the adapter's own
// query: equal here, or it shows another autoscaler than the one that runs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Dashboard, type Panel, readDashboards, substituteVariables } from '../support/dashboards';
import { type AdapterRule, adapterRules } from '../support/metrics-config';
import { parseQuery } from '../support/promql';
import { envoyLoadAutoscaler, one } from '../support/read-manifests';
import { readScalingQuery } from '../support/scaling-query';

/**
 * The load in the rule's query as the adapter sends it for one namespace; for pods it adds a matcher of their names. Its
 * second part only says when there is an answer.
 */
function fillIn({ seriesQuery, metricsQuery }: AdapterRule, namespace: string): string {
  const values: Readonly<Record<string, string>> = {
    Series: parseQuery(seriesQuery).selectors[0]?.metric ?? '',
    LabelMatchers: `namespace="${namespace}"`,
    GroupBy: 'pod',
  };
  const { load } = readScalingQuery(metricsQuery);
  return load.replace(/<<\.(\w+)>>/g, (variable, name: string) => values[name] ?? variable);
}

/** Kubernetes' quantity as a number: `300m` is 0.3. */
function quantity(text: string): number {
  const [, digits, milli] = /^(\d+)(m?)$/.exec(text) ?? assert.fail(`expected a number or thousandths, got "${text}"`);
  return Number(digits) / (milli === 'm' ? 1000 : 1);
}

function panelOf(dashboard: Dashboard, title: string): Panel {
  return dashboard.panels.find((panel) => panel.title === title) ?? assert.fail(`no panel "${title}"`);
}

const envoyLoadMetric = 'envoy_service_calls_per_second';

describe('grafana_k8s/dashboard-autoscaling.yaml', () => {
  const dashboard = readDashboards().find(({ uid }) => uid === 'autoscaling') ?? assert.fail('no such dashboard');
  /** The panel's queries by legend, with the presets of the variables. */
  const queries = (panel: Panel): Record<string, string> =>
    Object.fromEntries(
      panel.targets.map(({ legendFormat = '', expr }) => [legendFormat, substituteVariables(expr, dashboard)]),
    );

  for (const [name, namespace] of [
    ['Server', 'grpc-server'],
    ['Envoy', 'envoy'],
  ] as const) {
    const { spec } = one('HorizontalPodAutoscaler', namespace, namespace);
    const { metric, target } = spec.metrics[0]?.pods ?? assert.fail(`the HPA ${namespace} follows nothing`);
    const rule = adapterRules().find(({ name: { as } }) => as === metric.name) ?? assert.fail(`no rule ${metric.name}`);
    const load = fillIn(rule, namespace);
    const up = `sum(up{namespace="${namespace}"})`;
    const perPod = quantity(target.averageValue);
    const desired = `clamp(ceil(sum(${load}) / ${perPod}), ${spec.minReplicas}, ${spec.maxReplicas})`;

    it(`shows for ${name} the load that the HPA reads, and its target`, () => {
      const expected = { '{{pod}}': load, mean: `avg(${load})`, target: `vector(${perPod})` };
      const panel = panelOf(dashboard, `${name}: load per pod and target`);
      assert.deepEqual(queries(panel), expected);
      assert.match(panel.description, new RegExp(`^${metric.name} `));
      assert.deepEqual(queries(panelOf(dashboard, `${name}: load per pod`)), { mean: `avg(${load})` });
      assert.deepEqual(queries(panelOf(dashboard, `${name}: load against capacity`)), {
        load: `sum(${load})`,
        capacity: `${perPod} * ${up}`,
      });
    });

    it(`computes for ${name} the replicas that the HPA will ask for, within its limits`, () => {
      assert.deepEqual(queries(panelOf(dashboard, `${name}: load asks for`)), { 'asked for': desired });
      assert.deepEqual(queries(panelOf(dashboard, `${name}: replicas`)), { now: up });
      const panel = panelOf(dashboard, `${name}: replicas, current and desired`);
      assert.deepEqual(queries(panel), {
        current: up,
        desired,
        least: `vector(${spec.minReplicas})`,
        most: `vector(${spec.maxReplicas})`,
      });
      assert.ok((panel.fieldConfig.defaults.max ?? 0) >= spec.maxReplicas, 'the axis reaches the most replicas');
    });

    it(`shows ${name} green from its minimum of replicas on, wherever pods are counted`, () => {
      const counting = readDashboards().flatMap((each) =>
        each.panels.filter(({ type, targets: [first], fieldConfig }) => {
          const counts = first !== undefined && substituteVariables(first.expr, each) === up;
          return type === 'stat' && counts && fieldConfig.defaults.thresholds !== undefined;
        }),
      );
      const greens = counting.flatMap(({ fieldConfig }) =>
        (fieldConfig.defaults.thresholds?.steps ?? []).filter(({ color }) => color === 'green'),
      );
      assert.ok(greens.length > 0);
      assert.deepEqual([...new Set(greens.map(({ value }) => value))], [spec.minReplicas]);
    });
  }

  it('shows for the servers the load that Envoy counts, as the other HPA of the servers reads it', () => {
    const rule = adapterRules().find(({ name: { as } }) => as === envoyLoadMetric) ?? assert.fail(envoyLoadMetric);
    const load = fillIn(rule, 'grpc-server');
    const panel = panelOf(dashboard, 'Server: load as Envoys count it, and capacity');
    const perPod = quantity(envoyLoadAutoscaler().spec.metrics[0]?.object?.target.averageValue ?? '');
    const healthy = 'envoy_cluster_membership_healthy{namespace="envoy",envoy_cluster_name="greeter"}';
    assert.deepEqual(queries(panel), { load, capacity: `${perPod} * max(${healthy})` });
    assert.match(panel.description, new RegExp(`^${envoyLoadMetric},`));
  });
});
