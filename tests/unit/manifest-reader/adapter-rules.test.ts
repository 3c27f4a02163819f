// The adapter's rules as the lab reads them, those that are shipped and others.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  type AdapterRule,
  findRule,
  metricQuery,
  oldestReadingQuery,
  readAdapterRules,
} from '../../../manifest-reader/adapter-rules';
import { ROOT } from '../../support/read-manifests';

const RULE: AdapterRule = {
  name: 'calls_per_second',
  seriesQuery: 'calls_total{ns!="",who!=""}',
  metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[1m])) by (<<.GroupBy>>)',
  resource: 'pod',
  labels: { namespace: 'ns', object: 'who' },
};

/** The parts of a shipped query, on one line. */
const loadOf = (add: string, series: string) => {
  const over = (window: string) => `(rate(${series}[${window}]))`;
  const [newest, steady] = [over('10s'), over('30s')];
  return `${add}${newest} and on () sum${newest} - 3 * sqrt(sum${newest} / 5) > sum${steady} or ${add}${steady}`;
};
const guardOf = (series: string) => `and on () count_over_time(${series}[10s] offset 30s)`;
const ruleOf = (add: string, series: string) => `( ${loadOf(add, series)} ) ${guardOf(series)}`;
const onOneLine = (query: string) => query.replaceAll(/\s+/g, ' ');

describe('the rules of the adapter', () => {
  it('make the queries of the shipped metrics', () => {
    const rules = readAdapterRules(ROOT);
    assert.equal(
      onOneLine(
        metricQuery(findRule(rules, 'grpc_requests_per_second', 'pod'), {
          namespace: 'grpc-server',
          names: ['a-1', 'a-2'],
        }),
      ),
      ruleOf('sum by (pod) ', 'grpc_requests_total{namespace="grpc-server",pod=~"a-1|a-2"}'),
    );
    assert.equal(
      onOneLine(
        metricQuery(findRule(rules, 'envoy_cluster_upstream_per_second', 'pod'), { namespace: 'envoy', names: ['e'] }),
      ),
      ruleOf(
        'sum by (pod) ',
        'envoy_cluster_upstream_rq_total{namespace="envoy",pod="e",envoy_cluster_name="greeter"}',
      ),
    );
    const service = findRule(rules, 'envoy_service_calls_per_second', 'service');
    const calls = 'envoy_cluster_upstream_rq_total{namespace="envoy",envoy_cluster_name="greeter"}';
    assert.equal(
      onOneLine(metricQuery(service, { namespace: 'grpc-server', names: ['grpc-server-headless'] })),
      `label_replace( ${loadOf('sum', calls)}, "envoy_cluster_name", "grpc-server-headless", "", "") ${guardOf(calls)}`,
    );
  });

  it('name their labels themselves', () => {
    assert.equal(
      metricQuery(RULE, { namespace: 'n', names: ['p'] }),
      'sum(rate(calls_total{ns="n",who="p"}[1m])) by (who)',
    );
    assert.equal(oldestReadingQuery(RULE, 'n'), 'min(max by (who) (timestamp(calls_total{ns!="",who!="",ns="n"})))');
    const bare = { ...RULE, seriesQuery: 'calls_total' };
    assert.equal(oldestReadingQuery(bare, 'n'), 'min(max by (who) (timestamp(calls_total{ns="n"})))');
  });

  it('refuse unknown parts', () => {
    assert.throws(
      () => findRule([RULE], 'other', 'pod'),
      /"other" of a pod: expected a rule of that name in .*has calls_per_second/,
    );
    assert.throws(() => findRule([RULE], RULE.name, 'service'), /of a service: expected .* has no rules/);
    const odd = { ...RULE, metricsQuery: '<<.Series>>{x=~"<<.LabelValuesByName>>"}' };
    assert.throws(() => metricQuery(odd, { namespace: 'n', names: ['p'] }), /got <<\.LabelValuesByName>>/);
    const regex = { ...RULE, seriesQuery: '{__name__=~"^calls_.*"}' };
    assert.throws(() => metricQuery(regex, { namespace: 'n', names: ['p'] }), /expected NAME\{MATCHERS\}/);
  });

  describe('of a changed copy', () => {
    let root = '';
    beforeEach(() => {
      root = mkdtempSync(path.join(tmpdir(), 'adapter-rules-'));
      mkdirSync(path.join(root, 'prometheus_k8s'));
    });
    afterEach(() => rmSync(root, { recursive: true, force: true }));
    const write = (rules: unknown) =>
      writeFileSync(
        path.join(root, 'prometheus_k8s', 'adapter-configmap.yaml'),
        JSON.stringify({ data: { 'config.yaml': JSON.stringify({ rules }) } }),
      );
    const shipped = {
      seriesQuery: RULE.seriesQuery,
      metricsQuery: RULE.metricsQuery,
      name: { as: RULE.name },
      resources: { overrides: { ns: { resource: 'namespace' }, who: { resource: 'pod' } } },
    };

    it('are read from there', () => {
      write([shipped]);
      assert.deepEqual(readAdapterRules(root), [RULE]);
      const overrides = { ns: { resource: 'namespace' }, who: { resource: 'service' } };
      write([{ ...shipped, resources: { overrides } }]);
      assert.deepEqual(readAdapterRules(root), [{ ...RULE, resource: 'service' }]);
    });

    it('say where something is missing', () => {
      write([{ ...shipped, name: {} }]);
      assert.throws(() => readAdapterRules(root), /config\.yaml\.rules\[0\]\.name\.as: expected text, got nothing/);
      write([{ ...shipped, resources: { overrides: { ns: { resource: 'namespace' } } } }]);
      assert.throws(() => readAdapterRules(root), /overrides: expected a label for pod or service/);
      write([{ ...shipped, resources: { overrides: { who: { resource: 'pod' } } } }]);
      assert.throws(() => readAdapterRules(root), /overrides: expected a label for namespace/);
    });
  });
});
