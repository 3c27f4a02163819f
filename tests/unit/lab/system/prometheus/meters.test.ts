// What is asked of Prometheus, how its answers are read, and what is recorded of them.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { queryPath, queryVector, readVector } from '../../../../../lab/system/prometheus/api';
import { changedRules } from '../../../../../lab/system/prometheus/changed-rules';
import { createPrometheusMeters, type PrometheusMetersDeps } from '../../../../../lab/system/prometheus/meters';
import type { AdapterRule } from '../../../../../manifest-reader/adapter-rules';

const RULE: AdapterRule = {
  name: 'calls_per_second',
  seriesQuery: 'calls_total{pod!=""}',
  metricsQuery: 'rate(<<.Series>>{<<.LabelMatchers>>}[30s])',
  resource: 'pod',
  labels: { namespace: 'namespace', object: 'pod' },
};
type Result = readonly (readonly [Readonly<Record<string, string>>, string])[];
const vector = (result: Result) =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: result.map(([metric, value]) => ({ metric, value: [1.5, value] })) },
  });

describe('an answer of Prometheus', () => {
  it('is read with labels and values', () => {
    assert.deepEqual(
      readVector(
        vector([
          [{ pod: 'a' }, '0.25'],
          [{}, '-Inf'],
        ]),
        'q',
      ),
      [
        { labels: { pod: 'a' }, value: 0.25 },
        { labels: {}, value: Number.NEGATIVE_INFINITY },
      ],
    );
    assert.deepEqual(readVector(vector([]), 'q'), []);
  });

  it('is refused with the question and the answer', () => {
    const error = JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'parse error: unclosed brace' });
    assert.throws(() => readVector(error, 'up{'), /to up\{: expected a vector, got bad_data: parse error: unclosed/);
    const scalar = JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [1, '2'] } });
    for (const text of [scalar, '<html>', 'null', '{}']) {
      assert.throws(() => readVector(text, 'up'), /expected a vector, got/, text);
    }
  });

  it('is asked for with a query that survives encoding', async () => {
    assert.equal(
      queryPath('sum by (pod) (a{b=~"c|d"})'),
      '/api/v1/query?query=sum%20by%20(pod)%20(a%7Bb%3D~%22c%7Cd%22%7D)',
    );
    assert.equal(await queryVector(async () => undefined, 'up'), undefined);
  });
});

describe('the meters of Prometheus', () => {
  let asked: string[];
  let recorded: unknown[];
  let answer: string | undefined;
  let pods: string[];
  beforeEach(() => {
    asked = [];
    recorded = [];
    pods = ['a', 'b'];
  });
  const deps: PrometheusMetersDeps = {
    ask: async (pathAndQuery) => {
      asked.push(decodeURIComponent(pathAndQuery));
      return answer;
    },
    rules: [RULE],
    recorder: { event: (kind, more) => void recorded.push([kind, more?.subject, more?.detail]) },
    podsOf: async () => pods,
  };
  const meters = createPrometheusMeters(deps);

  it('give a metric per pod, and record its mean and over how many it is', async () => {
    answer = vector([
      [{ pod: 'a' }, '1'],
      [{ pod: 'b' }, '4'],
      [{ pod: 'c' }, 'NaN'],
    ]);
    const values = await meters.queriedMetric('calls_per_second', 'envoy');
    assert.deepEqual(
      [...(values ?? [])],
      [
        ['a', 1],
        ['b', 4],
      ],
    );
    assert.deepEqual(asked, ['/api/v1/query?query=rate(calls_total{namespace="envoy",pod=~"a|b"}[30s])']);
    assert.deepEqual(recorded, [['metric', 'calls_per_second', { value: 2.5, source: 'prometheus', pods: 2 }]]);
  });

  it('give the same as one window of the query alone would, and record which', async () => {
    answer = vector([[{ pod: 'a' }, '3']]);
    const two = { ...RULE, metricsQuery: 'rate(<<.Series>>[10s]) > rate(<<.Series>>[30s])' };
    const { windowedMetric } = createPrometheusMeters({ ...deps, rules: [two] });
    await windowedMetric('calls_per_second', 'envoy', 'longest');
    await windowedMetric('calls_per_second', 'envoy', 'shortest');
    assert.deepEqual(asked, [
      '/api/v1/query?query=rate(calls_total[30s]) > rate(calls_total[30s])',
      '/api/v1/query?query=rate(calls_total[10s]) > rate(calls_total[10s])',
    ]);
    assert.deepEqual(recorded, [
      ['metric', 'calls_per_second', { value: 3, source: 'longest-window', pods: 1 }],
      ['metric', 'calls_per_second', { value: 3, source: 'shortest-window', pods: 1 }],
    ]);
  });

  it('ask over the longest window alone in a run that breaks the others', () => {
    const two = { ...RULE, metricsQuery: 'rate(<<.Series>>[10s]) > rate(<<.Series>>[30s])' };
    assert.deepEqual(changedRules([two], {}), [two]);
    const [changed] = changedRules([two], { longestWindowOnly: true });
    assert.equal(changed?.metricsQuery, 'rate(<<.Series>>[30s]) > rate(<<.Series>>[30s])');
  });

  it('are empty without an answer or without pods, and record nothing', async () => {
    answer = undefined;
    assert.equal((await meters.queriedMetric('calls_per_second', 'envoy'))?.size, 0);
    assert.equal(await meters.scrapedAtMs('calls_per_second', 'envoy'), undefined);
    pods = [];
    assert.equal((await meters.queriedMetric('calls_per_second', 'envoy'))?.size, 0);
    assert.equal(asked.length, 2, 'without pods no question is asked');
    assert.deepEqual(recorded, []);
  });

  it('tell the oldest reading in ms, and record it when it is a new one', async () => {
    answer = vector([[{}, '1795513053.008']]);
    assert.equal(await meters.scrapedAtMs('calls_per_second', 'grpc-server'), 1795513053008);
    await meters.scrapedAtMs('calls_per_second', 'grpc-server');
    answer = vector([[{}, '1795513058.008']]);
    await meters.scrapedAtMs('calls_per_second', 'grpc-server');
    assert.deepEqual(recorded, [
      ['scrape', 'grpc-server', { readAtMs: 1795513053008 }],
      ['scrape', 'grpc-server', { readAtMs: 1795513058008 }],
    ]);
    assert.match(
      asked[0] ?? '',
      /min\(max by \(pod\) \(timestamp\(calls_total\{pod!="",namespace="grpc-server"\}\)\)\)$/,
    );
  });

  it('refuse a metric without a rule', async () => {
    await assert.rejects(meters.queriedMetric('other', 'envoy'), /expected a rule of that name/);
    await assert.rejects(meters.scrapedAtMs('other', 'envoy'), /expected a rule of that name/);
  });
});
