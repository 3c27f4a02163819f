// Edge E11: the dashboards are sound JSON that Grafana takes as it is, and every query in them parses and asks for
// series and labels that exist. Whether they return data is seen on a running cluster: tests/cluster/panels.ts.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type DashboardFile, dashboardFiles, type Panel, panelQueries, readDashboards } from '../support/dashboards';
import { type KnownSeries, knownSeries } from '../support/known-metrics';
import { parseQuery, type Selector } from '../support/promql';
import { all, one, parseKey } from '../support/read-manifests';

const FILES = dashboardFiles();
const DASHBOARDS = readDashboards();
const DATASOURCES = readDatasources();
const PANEL_TYPES = ['timeseries', 'stat', 'bargauge', 'table'];

interface Datasource {
  readonly uid: string;
  readonly type: string;
  readonly access: string;
  readonly isDefault: boolean;
  readonly editable: boolean;
}

function readDatasources(): readonly Datasource[] {
  const config = parseKey(one('ConfigMap', 'grafana', 'grafana-datasource'), 'datasource.yaml');
  return (config as { datasources: readonly Datasource[] }).datasources;
}

describe('grafana_k8s/datasource.yaml', () => {
  it('holds one read-only data source, and Grafana queries it, not the browser', () => {
    const wanted = { type: 'prometheus', access: 'proxy', isDefault: true, editable: false };
    const found = DATASOURCES.map(({ type, access, isDefault, editable }) => ({ type, access, isDefault, editable }));
    assert.deepEqual(found, [wanted]);
  });
});

describe('grafana_k8s/dashboard-*.yaml', () => {
  it('holds the four dashboards, each in a ConfigMap and under a key named like its file', () => {
    const expected = ['autoscaling', 'envoy-global', 'envoy-service-to-service', 'load-balancing'];
    const found = FILES.map(({ file, configMap, key }) => [file, configMap, key]);
    assert.deepEqual(
      found,
      expected.map((name) => [`grafana_k8s/dashboard-${name}.yaml`, `grafana-dashboard-${name}`, `${name}.json`]),
    );
  });

  it('gives every dashboard an address of its own', () => {
    assert.equal(new Set(DASHBOARDS.map(({ uid }) => uid)).size, DASHBOARDS.length);
  });

  for (const [index, file] of FILES.entries()) describe(file.file, () => checkDashboard(file, index));
});

function checkDashboard({ json }: DashboardFile, index: number): void {
  const dashboard = DASHBOARDS[index];
  assert.ok(dashboard);

  it('shows the present: no fixed date, the last 15 minutes, refreshed every five seconds', () => {
    assert.doesNotMatch(json, /\b20\d\d-\d\d/);
    assert.deepEqual(dashboard.time, { from: 'now-15m', to: 'now' });
    assert.equal(dashboard.refresh, '5s');
    assert.ok(dashboard.schemaVersion >= 39, `schemaVersion ${dashboard.schemaVersion}`);
    assert.deepEqual(dashboard.tags, ['grpc-load-balancing'], 'the links between the dashboards use this tag');
  });

  it('numbers and names each panel once, and no panel overlaps another', () => {
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    assert.equal(new Set(dashboard.panels.map(({ title }) => title)).size, dashboard.panels.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      assert.ok(gridPos.x + gridPos.w <= 24, `"${title}" reaches over the right edge`);
      for (const cell of cells(gridPos)) {
        assert.equal(taken.get(cell), undefined, `"${title}" lies on "${taken.get(cell)}"`);
        taken.set(cell, title);
      }
    }
  });

  for (const panel of dashboard.panels) {
    it(`says what is healthy in "${panel.title}", in which unit, and at which threshold`, () => checkPanel(panel));
  }
  for (const { where, promql } of panelQueries(dashboard)) {
    it(`queries series that exist: ${where}`, () => checkQuery(promql()));
  }
}

function* cells({ x, y, w, h }: Panel['gridPos']): Iterable<string> {
  for (let column = x; column < x + w; column++) for (let row = y; row < y + h; row++) yield `${column},${row}`;
}

function checkPanel({ type, description, datasource, fieldConfig, targets }: Panel): void {
  const { unit, min, max } = fieldConfig.defaults;
  assert.ok(PANEL_TYPES.includes(type), `type ${type}`);
  assert.match(description, /Healthy: \S/);
  assert.ok(unit);
  assert.ok(min !== undefined && (max === undefined || max > min), `min ${min}, max ${max}`);
  if (unit === 'percentunit' && type !== 'table') assert.equal(max, 1);
  assert.deepEqual(datasource, { type: 'prometheus', uid: DATASOURCES[0]?.uid });
  assert.ok(targets.length > 0);
  assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
}

let known: Map<string, KnownSeries>;
before(async () => {
  known = await knownSeries();
});

function checkQuery(promql: string): void {
  const { errors, selectors, groupingLabels } = parseQuery(promql);
  assert.deepEqual(errors, [], promql);
  for (const selector of selectors) checkSelector(selector);
  const labels = new Set(selectors.flatMap(({ metric }) => [...(known.get(metric)?.labels ?? [])]));
  for (const label of groupingLabels)
    assert.ok(labels.has(label), `none of these series has the label ${label}: ${promql}`);
}

function checkSelector({ metric, matchers, rangeFunction }: Selector): void {
  const series = known.get(metric);
  assert.ok(series, `nothing exposes ${metric}`);
  if (series.type === 'counter') assert.match(rangeFunction ?? 'none', /^(rate|increase)$/, `${metric} only grows`);
  else assert.equal(rangeFunction, undefined, `${metric} is not a counter`);
  for (const { label, operator, value } of matchers) {
    assert.ok(series.labels.has(label), `${metric} has no label ${label}`);
    const allowed = LABEL_VALUES[label];
    if (allowed !== undefined) assert.ok(operator === '=' && allowed.includes(value), `${metric}: ${label}="${value}"`);
  }
  assert.ok(
    matchers.some(({ label }) => label === 'namespace'),
    `${metric} is queried in all namespaces`,
  );
}

/** Label values that are written somewhere else as well (edge E12 for the last two). */
const LABEL_VALUES: Readonly<Record<string, readonly string[]>> = {
  namespace: all('Namespace').map(({ metadata }) => metadata.name),
  envoy_cluster_name: envoyConfig().clusters.map(({ name }) => name),
  envoy_http_conn_manager_prefix: envoyConfig().listeners.flatMap(({ filter_chains: chains }) =>
    chains.flatMap(({ filters }) => filters.map(({ typed_config: { stat_prefix: prefix } }) => prefix)),
  ),
};

interface EnvoyConfig {
  readonly clusters: readonly { readonly name: string }[];
  readonly listeners: readonly {
    readonly filter_chains: readonly {
      readonly filters: readonly { readonly typed_config: { readonly stat_prefix: string } }[];
    }[];
  }[];
}

function envoyConfig(): EnvoyConfig {
  const config = parseKey(one('ConfigMap', 'envoy', 'envoy-config'), 'envoy.yaml');
  return (config as { static_resources: EnvoyConfig }).static_resources;
}
