// The rules of the adapter beyond their arrows: they explain themselves, look back far enough, and are the same for those
// who install the adapter with Helm.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { samplesOf } from '../../prometheus-text/samples';
import {
  type AdapterRule,
  adapterRules,
  helmValues,
  otherServersRules,
  podRules,
  prometheusConfig,
} from '../support/metrics-config';
import { otherServers } from '../support/other-servers';
import { parseQuery } from '../support/promql';
import { containerOf, one } from '../support/read-manifests';
import { readScalingQuery } from '../support/scaling-query';

const scrapeSeconds = () => Number.parseInt(String(prometheusConfig().global.scrape_interval), 10);
const args = () => containerOf(one('Deployment', 'prometheus', 'prometheus-adapter')).args ?? [];
const serviceRule = () =>
  adapterRules().find(({ name }) => name.as === 'envoy_service_calls_per_second') ?? assert.fail('no such rule');
const relist = () => /^--metrics-relist-interval=(\d+)s$/m.exec(args().join('\n'))?.[1];

/** The rule's query with the fields of its template; the adapter knows no others. */
function fillIn({ metricsQuery }: AdapterRule, fields: Readonly<Record<string, string>>): string {
  return metricsQuery.replaceAll(/<<\.(\w+)>>/g, (text, field: string) => fields[field] ?? assert.fail(text));
}

const titleOf = ({ name, seriesQuery }: AdapterRule) => `${name.as} of ${seriesQuery.split('{')[0]}`;

describe('the rules of the adapter', () => {
  it('are explained by the four steps that the adapter takes', () => {
    const text = one('ConfigMap', 'prometheus', 'prometheus-adapter-config').data['config.yaml'] ?? '';
    for (const word of ['Discovery', 'Association', 'Naming', 'Querying']) {
      assert.equal(text.match(new RegExp(`# ${word}`, 'g'))?.length, adapterRules().length, word);
    }
  });

  for (const rule of [...podRules(), ...otherServersRules()]) {
    it(`${titleOf(rule)} becomes PromQL that adds up the rate of its series per pod`, () => {
      const [{ metric, matchers } = { metric: '', matchers: [] }] = parseQuery(rule.seriesQuery).selectors;
      const query = fillIn(rule, { Series: metric, LabelMatchers: 'namespace="x",pod=~"a|b"', GroupBy: 'pod' });
      const parsed = parseQuery(query);
      assert.deepEqual(parsed.errors, [], query);
      assert.deepEqual([...new Set(parsed.groupingLabels)], ['pod']);
      assert.equal(parsed.selectors[0]?.rangeFunction, 'rate');
      assert.equal(readScalingQuery(query).add, 'sum by (pod)');
      const excluded = matchers.filter(({ operator }) => operator === '!=').map(({ label, value }) => [label, value]);
      assert.deepEqual(
        excluded,
        [
          ['namespace', ''],
          ['pod', ''],
        ],
        'series that belong to no pod are left out',
      );
    });
  }

  it('envoy_service_calls_per_second becomes PromQL that adds up the rate of its series for the Service', () => {
    const rule = serviceRule();
    const [{ metric, matchers } = { metric: '', matchers: [] }] = parseQuery(rule.seriesQuery).selectors;
    const query = fillIn(rule, { Series: metric, GroupBy: 'envoy_cluster_name' });
    const parsed = parseQuery(query);
    assert.deepEqual(parsed.errors, [], query);
    assert.equal(parsed.selectors[0]?.rangeFunction, 'rate');
    for (const selector of parsed.selectors) {
      assert.equal(selector.metric, metric);
      assert.deepEqual(selector.matchers, matchers, 'the series of Discovery and no others');
    }
    const [, label, service] =
      /^label_replace\(\s*sum\(rate\(.*\)\),\s*"(\w+)", "([\w-]+)", "", ""\)\s+and on \(\) /s.exec(query) ?? [];
    assert.equal(readScalingQuery(query).add, 'sum');
    assert.equal(rule.resources.overrides[label ?? '']?.resource, 'service', 'the label that names the Service');
    assert.equal(service, one('Service', 'grpc-server', 'grpc-server-headless').metadata.name);
  });

  for (const rule of [...adapterRules(), ...otherServersRules()]) {
    const { metricsQuery } = rule;
    it(`${titleOf(rule)} looks back over at least four scrapes`, () => {
      const { steady } = readScalingQuery(metricsQuery);
      assert.ok(steady >= 4 * scrapeSeconds(), `${steady} s`);
      const { stabilizationWindowSeconds } = one('HorizontalPodAutoscaler', 'envoy', 'envoy').spec.behavior.scaleDown;
      assert.ok(stabilizationWindowSeconds > steady);
    });

    it(`${titleOf(rule)} goes by the two newest scrapes where they show more calls than chance would`, () => {
      const { newest, counted, deviations } = readScalingQuery(metricsQuery);
      // A range leaves out its older end: one of two intervals has two readings at most times, and never three.
      assert.equal(newest, 2 * scrapeSeconds());
      assert.equal(counted, newest - scrapeSeconds(), 'from the first reading to the second');
      assert.equal(deviations, 3);
    });

    it(`${titleOf(rule)} is silent until its window has been seen from the beginning`, () => {
      // A scrape may be late: one of two is always there.
      assert.equal(readScalingQuery(metricsQuery).guard, 2 * scrapeSeconds());
    });
  }

  it('for servers with a library of their own make the metric that the HPA of the servers follows', () => {
    const [metric] = one('HorizontalPodAutoscaler', 'grpc-server', 'grpc-server').spec.metrics;
    const rules = otherServersRules();
    assert.deepEqual([...new Set(rules.map(({ name }) => name.as))], [metric?.pods.metric.name]);
    const labels = { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } };
    for (const { resources } of rules) assert.deepEqual(resources.overrides, labels);
  });

  for (const rule of otherServersRules()) {
    it(`${titleOf(rule)} leaves out what recorded servers counted for health checks, and nothing else`, () => {
      const metric = parseQuery(rule.seriesQuery).selectors[0]?.metric ?? '';
      const query = fillIn(rule, { Series: metric, LabelMatchers: 'pod="p"', GroupBy: 'pod' });
      const samples = otherServers().flatMap(({ text }) => samplesOf(text, metric));
      assert.ok(samples.length > 0, 'no server with such a library was recorded');
      for (const { matchers } of parseQuery(query).selectors) {
        const passes = (labels: Readonly<Record<string, string>>) =>
          matchers.every(({ label, operator, value }) => {
            if (operator === '!=') return labels[label] !== value;
            return operator !== '!~' || !new RegExp(`^(?:${value})$`).test(labels[label] ?? '');
          });
        const isHealth = (labels: object) => JSON.stringify(labels).includes('grpc.health.v1.Health');
        for (const { labels } of samples) assert.equal(passes(labels), !isHealth(labels), JSON.stringify(labels));
      }
    });
  }

  it('look for new series no more often than Prometheus scrapes', () => {
    assert.ok(Number(relist()) >= scrapeSeconds());
  });

  it('equal those in the values for Helm', () => {
    assert.deepEqual(helmValues().rules, { default: false, custom: adapterRules() });
  });

  it('go to the same Prometheus with Helm', () => {
    const { prometheus, metricsRelistInterval } = helmValues();
    assert.ok(args().includes(`--prometheus-url=${prometheus.url}:${prometheus.port}/`));
    assert.equal(metricsRelistInterval, `${relist()}s`);
  });
});

describe('Prometheus', () => {
  it('keeps a pod from posing as another, and limits what one target may send', () => {
    assert.equal(prometheusConfig().job('pods').honor_labels, false);
    const { sample_limit, label_limit, label_value_length_limit, body_size_limit } = prometheusConfig().global;
    assert.deepEqual([sample_limit, label_limit, label_value_length_limit, body_size_limit], [20000, 30, 200, '4MB']);
  });

  it('limits what it stores to less than its volume, and has no endpoint to change or stop it', () => {
    const prometheus = one('Deployment', 'prometheus', 'prometheus');
    const flags = containerOf(prometheus).args ?? [];
    assert.ok(flags.includes('--storage.tsdb.retention.size=700MB'));
    assert.ok(flags.some((flag) => /^--storage\.tsdb\.retention\.time=\d+h$/.test(flag)));
    const data = prometheus.spec.template.spec.volumes?.find(({ name }) => name === 'data');
    assert.equal(data?.emptyDir?.sizeLimit, '1Gi');
    assert.deepEqual(
      flags.filter((flag) => /enable-(lifecycle|admin-api|remote-write-receiver)/.test(flag)),
      [],
    );
  });
});
