// What adopt makes of --counter: health checks are no load, however a library counts them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { CALL_COUNTERS, callCounter } from '../../../prometheus-text/call-counters';
import { type Adopted, adoptAll, GO_ORDERS, objectOf, PYTHON_IMAGES, textOf } from '../../support/adopted';
import type { ConfigMap } from '../../support/kubernetes-objects';
import { parseQuery } from '../../support/promql';

const withCounter = (counter: string, ...more: readonly string[]) => [
  ...GO_ORDERS.map((word) => (word.startsWith('grpc_server_') ? counter : word)),
  ...more,
];

/** The matchers of the rule for the counter, besides those of the adapter. */
function selectionOf(adopted: Adopted): readonly string[] {
  const { rules } = parse(
    objectOf<ConfigMap>(adopted, 'prometheus_k8s/adapter-configmap.yaml').data['config.yaml'] ?? '',
  );
  const query = String(rules[0].metricsQuery).replaceAll('<<.Series>>', 'series');
  const selectors = parseQuery(query.replaceAll('<<.LabelMatchers>>', 'a="b"').replaceAll('<<.GroupBy>>', 'pod'));
  const written = selectors.selectors.map(({ matchers }) =>
    matchers.filter(({ label }) => label !== 'a').map(({ label, operator, value }) => `${label}${operator}"${value}"`),
  );
  for (const each of written) assert.deepEqual(each, written[0], 'the same in both parts of the query');
  return written[0] ?? assert.fail(query);
}

describe('adopt --counter', () => {
  for (const series of CALL_COUNTERS) {
    it(`leaves health checks out of ${series}`, async () => {
      const adopted = await adoptAll([withCounter(series)]);
      assert.deepEqual(adopted.problems, []);
      const exclusion = callCounter(series)?.withoutHealth ?? '';
      assert.deepEqual(selectionOf(adopted), [exclusion]);
      assert.ok(adopted.text.includes(`counted by the pods (${series}{${exclusion}})`), adopted.text);
      const name = series.replace(/_(total|count)$/, '_per_second');
      assert.match(textOf(adopted, 'orders_k8s/hpa.yaml'), new RegExp(`name: ${name}\\b`));
    });
  }

  it('keeps the labels that were given, and leaves alone what leaves them out already', async () => {
    const health = 'grpc_service!="grpc.health.v1.Health"';
    for (const [given, expected] of [
      ['grpc_type="unary"', ['grpc_type="unary"', health]],
      ['grpc_service="shop.orders.v1.Orders"', ['grpc_service="shop.orders.v1.Orders"']],
      ['grpc_method!~"Check|Watch"', ['grpc_method!~"Check|Watch"']],
    ] as const) {
      const adopted = await adoptAll([withCounter(`grpc_server_handled_total{${given}}`)]);
      assert.deepEqual(selectionOf(adopted), expected);
    }
  });

  it('takes another counter by its labels, or by the word of the user, or where health is not asked for', async () => {
    const bare = withCounter('calls_total');
    const { problems } = await adoptAll([bare]);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /^--counter: .*calls_total\{method!="Check"\}, or --health-uncounted/);
    assert.deepEqual(selectionOf(await adoptAll([withCounter('calls_total{kind="own"}')])), ['kind="own"']);
    assert.deepEqual(selectionOf(await adoptAll([[...bare, '--health-uncounted']])), []);
    const withoutHealth = [...PYTHON_IMAGES, '--counter', 'calls_total', '--metrics-port', '9100'];
    assert.deepEqual(selectionOf(await adoptAll([withoutHealth])), []);
  });

  it('takes the word of the user for a counter of a library as well', async () => {
    const adopted = await adoptAll([withCounter('grpc_server_handled_total', '--health-uncounted')]);
    assert.deepEqual(selectionOf(adopted), []);
  });
});
