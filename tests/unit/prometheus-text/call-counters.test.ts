// The counters of gRPC libraries, held against what real servers with these libraries showed and against the ready rules.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CALL_COUNTERS, callCounter, countsHealth } from '../../../prometheus-text/call-counters';
import { admits, readMatchers } from '../../../prometheus-text/matchers';
import { samplesOf } from '../../../prometheus-text/samples';
import { otherServersRules } from '../../support/metrics-config';
import { otherServers, RECORDED } from '../../support/other-servers';

const known = (series: string) => callCounter(series) ?? assert.fail(series);

describe('callCounter()', () => {
  for (const { library, text } of otherServers()) {
    it(`tells the health checks from the calls of ${library}`, () => {
      const recorded = CALL_COUNTERS.filter((series) => samplesOf(text, series).length > 0);
      assert.ok(recorded.length >= 2, recorded.join());
      for (const series of recorded) {
        const counter = known(series);
        const matchers = readMatchers(counter.withoutHealth);
        const calls = samplesOf(text, series).filter(({ labels }) => admits(matchers, labels));
        assert.equal(
          calls.reduce((sum, { value }) => sum + value, 0),
          RECORDED.calls,
          series,
        );
        const isCheck = (labels: Readonly<Record<string, string>>) =>
          Object.entries(counter.healthCheck).every(([label, value]) => labels[label] === value);
        const [check] = samplesOf(text, series).filter(({ labels }) => isCheck(labels));
        assert.equal(check?.value, RECORDED.healthChecks, series);
      }
    });

    it(`names what ${library} counts when a call ends, with its labels`, () => {
      const [series = ''] = CALL_COUNTERS.filter((each) => samplesOf(text, each).length > 0);
      const { ended, methodLabel, codeLabel } = known(series);
      const [sample] = samplesOf(text, ended);
      assert.ok(sample?.labels[methodLabel] && sample.labels[codeLabel], ended);
    });
  }

  it('leaves health checks out as the ready rules do', () => {
    for (const { seriesQuery, metricsQuery } of otherServersRules()) {
      const series = seriesQuery.replace(/\{.*/, '');
      assert.ok(metricsQuery.includes(known(series).withoutHealth), series);
    }
  });

  it('knows no other series, nor what every object has', () => {
    for (const series of ['calls_total', 'toString', '__proto__']) assert.equal(callCounter(series), undefined);
  });
});

describe('countsHealth()', () => {
  const handled = known('grpc_server_handled_total');
  for (const [matchers, expected] of [
    ['', true],
    ['grpc_type="unary"', true],
    ['grpc_code=~"OK|NotFound"', true],
    ['grpc_service!="grpc.health.v1.Health"', false],
    ['grpc_service!~"grpc[.]health.*"', false],
    ['grpc_service = "shop.Orders"', false],
    ["grpc_service='shop.Orders'", false],
    ['grpc_method!="Check"', false],
    ['grpc_method!~"Check|Watch"', false],
    ['grpc_service=~"(?i)GRPC.*"', true],
    ['grpc_service=~"health"', false],
    ['other="grpc_service!=grpc.health.v1.Health"', true],
    ['grpc_service!~"\\\\p{Greek}"', true],
    ['grpc_service=~"(?P<x>a"', undefined],
    ['<<.LabelMatchers>>,grpc_service!="grpc.health.v1.Health"', false],
  ] as const) {
    it(`is ${expected} for {${matchers}}`, () => assert.equal(countsHealth(handled, matchers), expected));
  }
});
