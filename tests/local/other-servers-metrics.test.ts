// The adapter's rules for servers that count by a library: a real Prometheus evaluates each over what real servers with
// that library showed, and Envoy's health checks must not be in the answer.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mustRunAll } from '../../command-line/machine';
import { samplesOf } from '../../prometheus-text/samples';
import { type AdapterRule, otherServersRules } from '../support/metrics-config';
import { otherServers, RECORDED } from '../support/other-servers';
import { findTestPrometheus } from '../support/prometheus-binary';
import { parseQuery } from '../support/promql';
import { type Frame, withReplayed } from '../support/replayed-prometheus';

const STEP_SECONDS = 5;
const FRAMES = 13;
const PODS = { 'orders-1': 1, 'orders-2': 3 } as const;
const NAMESPACE = 'orders';

const seriesOf = ({ seriesQuery }: AdapterRule) => parseQuery(seriesQuery).selectors[0]?.metric ?? '';

function queryOf(rule: AdapterRule): string {
  const fields: Readonly<Record<string, string>> = {
    Series: seriesOf(rule),
    LabelMatchers: `namespace="${NAMESPACE}",pod=~"${Object.keys(PODS).join('|')}"`,
    GroupBy: 'pod',
  };
  return rule.metricsQuery.replaceAll(/<<\.(\w+)>>/g, (text, field: string) => fields[field] ?? assert.fail(text));
}

/** Pods that do in each step what the recorded server did in its life, one of them three times as much. */
function framesOf(text: string, series: string): Frame[] {
  const samples = samplesOf(text, series);
  assert.ok(samples.length > 0, `no ${series} was recorded`);
  return Array.from({ length: FRAMES }, (_, step) => {
    const lines = Object.entries(PODS).flatMap(([pod, times]) =>
      samples.map(({ labels, value }): [string, number] => {
        const all = Object.entries({ ...labels, namespace: NAMESPACE, pod });
        const text = all.map(([label, content]) => `${label}=${JSON.stringify(content)}`).join(',');
        return [`${series}{${text}}`, value * times * step];
      }),
    );
    return new Map(lines);
  });
}

describe('prometheus_k8s/other-servers/adapter-rules.yaml', async () => {
  const found = await findTestPrometheus();

  it('has a rule for the counter of each library', () => {
    const rules = otherServersRules();
    for (const { library, text } of otherServers()) {
      const fitting = rules.filter((rule) => samplesOf(text, seriesOf(rule)).length > 0);
      assert.equal(fitting.length, 1, library);
    }
    const unseen = rules.filter((rule) =>
      otherServers().every(({ text }) => samplesOf(text, seriesOf(rule)).length === 0),
    );
    assert.deepEqual(unseen.map(seriesOf), [], 'no server with such a library was recorded');
  });

  // Nothing that CI may install brings a Prometheus, so where there is none this is said, and not counted as a failure.
  if (!found.ok && mustRunAll(process.env)) {
    return void process.stderr.write(`# not tested: rules for other servers: ${found.missing}\n`);
  }
  const skip = !found.ok && found.missing;

  for (const { library, text } of otherServers()) {
    it(`counts the calls of ${library}, and no health check`, { skip, timeout: 90_000 }, async () => {
      assert.ok(found.ok);
      const rule = otherServersRules().find((each) => samplesOf(text, seriesOf(each)).length > 0);
      assert.ok(rule);
      const series = seriesOf(rule);
      const replay = { binary: found.prometheus, stepSeconds: STEP_SECONDS, frames: framesOf(text, series) };
      const all = `sum(rate(${series}[30s]))`;
      const [samples, [everything]] = await withReplayed(replay, async (ask) => [
        await ask(queryOf(rule)),
        await ask(all),
      ]);
      const perPod = new Map(samples.map(({ labels, value }) => [labels.pod, value]));
      for (const [pod, times] of Object.entries(PODS)) {
        const expected = (RECORDED.calls * times) / STEP_SECONDS;
        assert.ok(Math.abs((perPod.get(pod) ?? 0) - expected) < 1e-6, `${pod}: ${perPod.get(pod)}, not ${expected}`);
      }
      assert.equal(perPod.size, Object.keys(PODS).length);
      const times = Object.values(PODS).reduce((sum, each) => sum + each, 0);
      const withChecks = ((RECORDED.calls + RECORDED.healthChecks) * times) / STEP_SECONDS;
      assert.ok(Math.abs((everything?.value ?? 0) - withChecks) < 1e-6, 'the library does count health checks');
    });
  }
});
