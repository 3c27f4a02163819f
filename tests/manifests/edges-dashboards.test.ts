// The arrows from Prometheus to what a person sees: Grafana's datasource and files (E10), the series of its panels (E11),
// and the name under which Envoy's cluster is counted (E12).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { panelQueries, readDashboards } from '../support/dashboards';
import { cluster } from '../support/envoy-config';
import { knownSeries } from '../support/known-metrics';
import { adapterRules, prometheusConfig } from '../support/metrics-config';
import { parseQuery } from '../support/promql';
import { all, containerOf, containerPort, envValue, one, parseKey } from '../support/read-manifests';

/** Of all panels, with the presets of the variables. */
const PROMQL = readDashboards()
  .flatMap(panelQueries)
  .map((query) => query.promql());
const prometheusService = () => one('Service', 'prometheus', 'prometheus-service');

describe('E10: Grafana asks Prometheus', () => {
  interface Datasources {
    readonly datasources: readonly {
      readonly url: string;
      readonly uid: string;
      readonly jsonData: { timeInterval: string };
    }[];
  }
  const datasource = () => {
    const map = one('ConfigMap', 'grafana', 'grafana-datasource');
    return (parseKey(map, 'datasource.yaml') as Datasources).datasources[0];
  };

  it('its datasource is the Service prometheus-service and its port', () => {
    const { metadata, spec } = prometheusService();
    const url = `http://${metadata.name}.${metadata.namespace}.svc.cluster.local:${spec.ports[0]?.port}`;
    assert.equal(datasource()?.url, url);
  });

  it('it has Prometheus’ scrape interval', () => {
    assert.equal(datasource()?.jsonData.timeInterval, prometheusConfig().global.scrape_interval);
  });

  it('its Service leads to the port that it serves on', () => {
    const { spec } = one('Service', 'grafana', 'grafana');
    assert.deepEqual(spec.ports, [{ name: 'http', port: 3000, targetPort: 'http' }]);
    assert.equal(containerPort(one('Deployment', 'grafana', 'grafana'), 'http'), 3000);
    assert.deepEqual(spec.selector, { 'app.kubernetes.io/name': 'grafana' });
  });

  it('the pod mounts every ConfigMap of the folder where Grafana looks for it', () => {
    const grafana = one('Deployment', 'grafana', 'grafana');
    const mountOf = (configMap: string) => {
      const volume = grafana.spec.template.spec.volumes?.find((candidate) => candidate.configMap?.name === configMap);
      return containerOf(grafana).volumeMounts?.find(({ name }) => name === volume?.name)?.mountPath;
    };
    const provider = parseKey(one('ConfigMap', 'grafana', 'grafana-dashboard-provider'), 'dashboard-provider.yaml');
    const root = (provider as { providers: { options: { path: string } }[] }).providers[0]?.options.path;
    assert.equal(mountOf('grafana-datasource'), '/etc/grafana/provisioning/datasources');
    assert.equal(mountOf('grafana-dashboard-provider'), '/etc/grafana/provisioning/dashboards');
    const dashboards = all('ConfigMap').filter(({ metadata }) => /^grafana-dashboard-(?!provider)/.test(metadata.name));
    assert.equal(dashboards.length, 4);
    for (const { metadata } of dashboards) assert.ok(mountOf(metadata.name)?.startsWith(`${root}/`), metadata.name);
    const home = envValue(grafana, 'GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH');
    assert.equal(home, `${mountOf('grafana-dashboard-load-balancing')}/load-balancing.json`);
  });
});

describe('E11: the panels ask for series that exist', () => {
  it('every metric of every query is one of ours, or of Envoy', async () => {
    const known = await knownSeries();
    const asked = PROMQL.flatMap((query) => parseQuery(query).selectors);
    assert.ok(asked.length > 20);
    assert.deepEqual(
      asked.filter(({ metric }) => !known.has(metric)).map(({ metric }) => metric),
      [],
    );
  });
});

describe('E11: evenness is shown by the numbers of Envoy alone', () => {
  it('which it shows for each server of the cluster', () => {
    assert.equal(cluster('greeter').track_cluster_stats?.per_endpoint_stats, true);
  });

  it("as Jain's index, which needs no series of the servers", () => {
    const [panel] = readDashboards().flatMap((dashboard) =>
      dashboard.panels.filter(({ title }) => title === 'Evenness of the servers'),
    );
    const { selectors, groupingLabels } = parseQuery((panel?.targets[0]?.expr ?? '').replaceAll(/\$\w+/g, '1m'));
    assert.equal(selectors.length, 3, '(Σx)² / (n · Σx²)');
    assert.deepEqual([...new Set(selectors.map(({ metric }) => metric))], ['envoy_cluster_endpoint_rq_total']);
    assert.deepEqual([...new Set(groupingLabels)], ['envoy_endpoint_address']);
  });
});

describe('E12: readers of Envoy’s statistics select the cluster of the greeter pods', () => {
  const label = 'envoy_cluster_name';
  const { name } = cluster('greeter');

  it('the adapter, in both parts of its rule, and in each of its rates', () => {
    const [rule] = adapterRules().filter(({ seriesQuery }) => seriesQuery.startsWith('envoy_cluster_'));
    const wanted = parseQuery(rule?.seriesQuery ?? '').selectors[0]?.matchers;
    assert.deepEqual(
      wanted?.filter((matcher) => matcher.label === label).map(({ value }) => value),
      [name],
    );
    const selectors = rule?.metricsQuery.match(/\{<<.LabelMatchers>>.*?\}/g);
    assert.deepEqual(selectors, Array(6).fill(`{<<.LabelMatchers>>,${label}="${name}"}`));
  });

  it('the dashboards', () => {
    const selectors = PROMQL.flatMap((query) => parseQuery(query).selectors);
    const values = selectors.flatMap(({ matchers }) => matchers.filter((matcher) => matcher.label === label));
    assert.ok(values.length > 5);
    assert.deepEqual([...new Set(values.map(({ value }) => value))], [name]);
  });

  it('the cluster has the same name everywhere', () => {
    assert.equal(cluster('greeter').load_assignment.cluster_name, name);
  });
});
