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
  labels: { namespace: 'ns', pod: 'who' },
};

describe('the rules of the adapter', () => {
  it('make the queries of the shipped metrics', () => {
    const rules = readAdapterRules(ROOT);
    assert.equal(
      metricQuery(findRule(rules, 'grpc_requests_per_second'), { namespace: 'grpc-server', pods: ['a-1', 'a-2'] }),
      'sum by (pod) (rate(grpc_requests_total{namespace="grpc-server",pod=~"a-1|a-2"}[30s])) ' +
        'and on () count_over_time(grpc_requests_total{namespace="grpc-server",pod=~"a-1|a-2"}[10s] offset 30s)',
    );
    assert.equal(
      metricQuery(findRule(rules, 'envoy_cluster_upstream_per_second'), { namespace: 'envoy', pods: ['e'] }),
      'sum by (pod) (rate(envoy_cluster_upstream_rq_total{namespace="envoy",pod="e",envoy_cluster_name="greeter"}[30s])) ' +
        'and on () count_over_time(envoy_cluster_upstream_rq_total{namespace="envoy",pod="e",envoy_cluster_name="greeter"}[10s] offset 30s)',
    );
  });

  it('name their labels themselves', () => {
    assert.equal(
      metricQuery(RULE, { namespace: 'n', pods: ['p'] }),
      'sum(rate(calls_total{ns="n",who="p"}[1m])) by (who)',
    );
    assert.equal(oldestReadingQuery(RULE, 'n'), 'min(max by (who) (timestamp(calls_total{ns!="",who!="",ns="n"})))');
    const bare = { ...RULE, seriesQuery: 'calls_total' };
    assert.equal(oldestReadingQuery(bare, 'n'), 'min(max by (who) (timestamp(calls_total{ns="n"})))');
  });

  it('refuse unknown parts', () => {
    assert.throws(() => findRule([RULE], 'other'), /"other": expected a rule of that name in .*has calls_per_second/);
    assert.throws(() => findRule([], 'other'), /has no rules/);
    const odd = { ...RULE, metricsQuery: '<<.Series>>{x=~"<<.LabelValuesByName>>"}' };
    assert.throws(() => metricQuery(odd, { namespace: 'n', pods: ['p'] }), /got <<\.LabelValuesByName>>/);
    const regex = { ...RULE, seriesQuery: '{__name__=~"^calls_.*"}' };
    assert.throws(() => metricQuery(regex, { namespace: 'n', pods: ['p'] }), /expected NAME\{MATCHERS\}/);
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
    });

    it('say where something is missing', () => {
      write([{ ...shipped, name: {} }]);
      assert.throws(() => readAdapterRules(root), /config\.yaml\.rules\[0\]\.name\.as: expected text, got nothing/);
      write([{ ...shipped, resources: { overrides: { ns: { resource: 'namespace' } } } }]);
      assert.throws(() => readAdapterRules(root), /overrides: expected a label for pod/);
    });
  });
});
