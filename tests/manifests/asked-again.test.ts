// Which of Envoy's routes a call takes, and with it whether it may be asked again and how long it may last.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GREETER_SERVICE, Greeter } from '../../proto/load';
import { cluster, type Route, seconds, virtualHost } from '../support/envoy-config';
import { ASKED_ONCE, IDEMPOTENT } from '../support/idempotent-methods';
import { clientDeadlineSeconds } from '../support/read-manifests';

/** The first route for a call, as Envoy picks it; `timeout` is its grpc-timeout. */
function routeOf(path: string, timeout = ''): Route {
  const found = virtualHost('grpc').routes.find(
    ({ match: { path: only, prefix, headers = [] } }) =>
      (only === path || path.startsWith(prefix ?? '?')) &&
      headers.every(({ string_match: { safe_regex: pattern } }) => {
        return new RegExp(`^(?:${pattern?.regex})$`).test(timeout);
      }),
  );
  assert.ok(found, `a route for ${path}`);
  return found;
}

describe('retries are configured per method', () => {
  it('SayHello: also after resets, never on the same pod, with time left for a second try', () => {
    const {
      retry_policy: retry,
      max_stream_duration: limit,
      hedge_policy: hedge,
    } = routeOf(Greeter.service.SayHello.path).route;
    const reasons = retry?.retry_on.split(',');
    assert.deepEqual(reasons, ['connect-failure', 'refused-stream', 'reset-before-request', 'reset', 'unavailable']);
    assert.deepEqual(
      retry?.retry_host_predicate.map(({ name }) => name),
      ['envoy.retry_host_predicates.previous_hosts'],
    );
    assert.equal(hedge?.hedge_on_per_try_timeout, true);
    assert.ok(2 * seconds(retry?.per_try_timeout) < clientDeadlineSeconds());
    assert.ok(seconds(limit?.max_stream_duration) > clientDeadlineSeconds());
    assert.ok(seconds(limit?.grpc_timeout_header_max) >= clientDeadlineSeconds(), 'the deadline of the client holds');
  });

  it('the idempotent methods of the contract have routes of their own, and no prefix has one', () => {
    const own = virtualHost('grpc').routes.filter(({ route }) => route.retry_policy ?? route.hedge_policy);
    assert.deepEqual(
      own.map(({ match }) => match.path),
      IDEMPOTENT.map(({ path }) => path),
    );
  });

  const others = [...ASKED_ONCE.map(({ path }) => path), `/${GREETER_SERVICE}/CreateOrder`];
  for (const path of others) {
    it(`${path}: only while no pod has seen the call, and with no time limit but the caller’s`, () => {
      const retry = virtualHost('grpc').retry_policy;
      assert.equal(retry?.retry_on, 'connect-failure,refused-stream,reset-before-request');
      assert.equal(retry.per_try_timeout, undefined);
      assert.deepEqual(
        retry.retry_host_predicate.map(({ name }) => name),
        ['envoy.retry_host_predicates.previous_hosts'],
      );
      const route = { cluster: 'greeter', priority: 'HIGH', timeout: '0s', idle_timeout: '3600s' };
      assert.deepEqual(routeOf(path).route, route, 'no policy of its own, no timer of Envoy');
    });

    it(`${path}: a deadline that grpc-js cannot hold stays with the caller, a nearer one reaches the pod`, () => {
      // 2^31 ms are 24.86 days; the least that is held back is 100 hours.
      const far = ['1193H', '597H', '100H', '99999999H', '35792M', '99999999M', '2147484S', '2592000S', '99999999S'];
      const near = ['', '1n', '4999m', '99999999m', '3600S', '345600S', '999999S', '9999M', '99H', '4999876u'];
      for (const timeout of far) {
        assert.deepEqual(routeOf(path, timeout).request_headers_to_remove, ['grpc-timeout'], timeout);
        assert.equal(routeOf(path, timeout).route.max_stream_duration, undefined, timeout);
      }
      for (const timeout of near) {
        assert.equal(routeOf(path, timeout).request_headers_to_remove, undefined, timeout);
      }
    });
  }

  it('the budget lets every call of a dead pod be sent again', () => {
    const thresholds = cluster('greeter').circuit_breakers?.thresholds ?? [];
    assert.deepEqual(
      thresholds.map(({ priority }) => priority),
      ['DEFAULT', 'HIGH'],
    );
    for (const { retry_budget: budget } of thresholds) {
      assert.ok(budget.min_retry_concurrency >= 100);
      assert.ok(budget.budget_percent.value >= 50, 'one of two pods');
    }
  });
});
