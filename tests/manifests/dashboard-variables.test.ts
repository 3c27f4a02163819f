// The variables of the dashboards: with their presets they show the greeter, with other values any other service. So no
// panel may name the greeter itself, and each variable has to be a choice that works.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Dashboard, readDashboards, substituteVariables, type Variable } from '../support/dashboards';
import { cluster, listener } from '../support/envoy-config';
import { parseExposition } from '../support/exposition';
import { knownSeries } from '../support/known-metrics';
import { otherServers } from '../support/other-servers';
import { all } from '../support/read-manifests';

/** What Grafana itself puts in. */
const BUILT_IN = ['__rate_interval'];
/** Words of this project's YAML that another service has not got. */
const OURS = [
  ...all('Namespace').map(({ metadata }) => `"${metadata.name}"`),
  `"${cluster('greeter').name}"`,
  '"ingress_grpc"',
  'SayHello',
];

function usedIn({ panels, templating }: Dashboard): Set<string> {
  const asked = templating.list.flatMap(({ query }) => (typeof query === 'string' ? [] : [query.query]));
  const texts = [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...asked];
  const names = texts.flatMap((text) => [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name));
  return new Set(names.filter((name) => !BUILT_IN.includes(name)));
}

for (const dashboard of readDashboards()) {
  const { title, panels, templating } = dashboard;
  describe(`the variables of "${title}"`, () => {
    it('are all that tells one service from another', () => {
      for (const { title: panel, targets } of panels) {
        for (const { expr } of targets) {
          for (const word of OURS) assert.ok(!expr.includes(word), `"${panel}" asks for ${word} in ${expr}`);
        }
      }
    });

    it('are used, and named once', () => {
      const names = templating.list.map(({ name }) => name);
      assert.deepEqual([...names].sort(), [...usedIn(dashboard)].sort());
      for (const { name, description } of templating.list) assert.match(description, /^[A-Z].*\.$/, name);
    });

    for (const variable of templating.list) {
      it(`"${variable.name}" is preset to something that there is`, async () => checkPreset(variable, dashboard));
    }
  });
}

async function checkPreset(variable: Variable, dashboard: Dashboard): Promise<void> {
  const { type, query, current, options } = variable;
  if (type === 'query') {
    assert.ok(typeof query !== 'string');
    const [, series = '', matchers = '', label = ''] =
      /^label_values\(([\w$]+)(?:\{(.*)\})?, (\$?\w+)\)$/.exec(query.query) ?? assert.fail(query.query);
    const known = (await knownSeries()).get(substituteVariables(series, dashboard));
    assert.ok(known, `nothing exposes ${series}`);
    assert.ok(known.labels.has(substituteVariables(label, dashboard)), `${series} has no label ${label}`);
    for (const [, name = ''] of matchers.matchAll(/(\w+)=/g)) assert.ok(known.labels.has(name), name);
    return;
  }
  assert.ok(typeof query === 'string');
  const values = type === 'custom' ? query.split(',') : [query];
  assert.deepEqual(
    options?.map(({ value, selected }) => [value, selected]),
    values.map((value) => [value, value === current.value]),
  );
  assert.ok(values.includes(current.value), 'the preset is one of the values');
}

describe('the presets', () => {
  const presets = (name: string) =>
    readDashboards().flatMap(({ templating }) =>
      templating.list.filter((variable) => variable.name === name).map(({ current }) => current.value),
    );

  for (const [name, value] of [
    ['envoy_namespace', 'envoy'],
    ['server_namespace', 'grpc-server'],
    ['client_namespace', 'grpc-client'],
    ['cluster', cluster('greeter').name],
    ['listener', listener('grpc').filter_chains[0]?.filters[0]?.typed_config.stat_prefix],
  ] as const) {
    it(`of "${name}" are what the YAML says`, () => {
      assert.ok(presets(name).length > 0);
      assert.deepEqual([...new Set(presets(name))], [value]);
    });
  }

  it('of counters and histograms have choices that other libraries show, each with its labels', async () => {
    const choices = (name: string) => {
      const all = readDashboards().flatMap(({ templating }) => templating.list);
      const query = all.find((variable) => variable.name === name)?.query;
      return typeof query === 'string' ? query.split(',') : assert.fail(name);
    };
    const families = otherServers().flatMap(({ text }) => [...parseExposition(text)]);
    const known = await knownSeries();
    const labelsOf = (metric: string) => [
      ...(known.get(metric)?.labels ?? known.get(`${metric}_bucket`)?.labels ?? []),
      ...families.filter(([name]) => name === metric.replace(/_count$/, '')).flatMap(([, { labels }]) => labels),
    ];
    for (const metric of [...choices('metric'), ...choices('histogram')]) {
      const labels = labelsOf(metric);
      assert.equal(choices('method_label').filter((label) => labels.includes(label)).length, 1, metric);
    }
    for (const label of [...choices('method_label'), ...choices('code_label')]) {
      assert.ok(
        [...choices('metric'), ...choices('histogram')].some((metric) => labelsOf(metric).includes(label)),
        label,
      );
    }
  });

  it('of the method leave health checks out, whatever the library calls them', () => {
    const [method] = readDashboards().flatMap(({ templating }) =>
      templating.list.filter(({ name }) => name === 'method'),
    );
    const pattern = /^\/(.*)\/$/.exec(method?.regex ?? '')?.[1] ?? assert.fail('no regex');
    const isOffered = (name: string) => new RegExp(pattern).test(name);
    const offered = ['SayHello', 'Checkout', 'WatchAll', 'orders.v1.Orders/Check'];
    const leftOut = ['Check', 'Watch', 'grpc.health.v1.Health/Check', 'grpc.health.v1.Health/Watch'];
    assert.deepEqual([...offered, ...leftOut].filter(isOffered), offered);
  });
});
