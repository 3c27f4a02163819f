// Calls that Envoy tries again: whether it may, whether it can, and where.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from '../chain/chain';
import { clusterNamed } from '../chain/envoy/envoy';
import { enumName } from '../chain/envoy/proto-value';
import { matchText, type RetriedRoute, retriedRoutes } from '../chain/envoy/retries';
import { blind, envoySubject, found, type Observation, passed, type Rule, type Subject } from './rule';

const PREVIOUS_HOSTS = 'envoy.retry_host_predicates.previous_hosts';

function allRetried(chain: Chain): readonly RetriedRoute[] {
  return chain.envoys.flatMap(retriedRoutes);
}

function routeSubject({ envoy, route }: RetriedRoute): Subject {
  return envoySubject(envoy, `route ${matchText(route)}`, route.at);
}

export const starvedRetries: Rule = {
  code: 'GLB030',
  level: 'warning',
  title: 'retries run into the default limit, or back to the same pod',
  harm:
    'by default three retries may run at once per cluster, so when a pod dies all but three of its calls fail; and a ' +
    'retry may meet the pod that has just failed the call',
  cure:
    'circuit_breakers with a retry_budget on the cluster; retry_host_predicate with previous_hosts, and ' +
    'host_selection_retry_max_attempts, on the policy',
  sources: [
    'https://github.com/envoyproxy/envoy/issues/10869',
    'https://www.envoyproxy.io/docs/envoy/latest/faq/load_balancing/transient_failures',
  ],
  check: (chain) => allRetried(chain).flatMap((each) => [limitObservation(each), hostObservation(each)].flat()),
};

function limitObservation({ envoy, route }: RetriedRoute): readonly Observation[] {
  return route.clusters.map((name) => {
    const subject = envoySubject(envoy, `cluster ${name.value}`, name);
    const cluster = clusterNamed(envoy, name.value);
    if (cluster === undefined) return blind(subject, `the cluster ${name.value}, which is not in static_resources`);
    const thresholds = cluster.at.get('circuit_breakers', 'thresholds');
    // A route of the other priority has the other limits, and their defaults.
    const own = thresholds.items().find((each) => priorityOf(each) === priorityOf(route.action));
    // A limit that was written down was thought about.
    const isSet = own?.get('retry_budget').value !== undefined || own?.get('max_retries').value !== undefined;
    const here = { ...subject, place: cluster.at.place };
    if (isSet) return passed(here);
    return found(here, own ?? cluster.at, 'its calls are retried, and neither retry_budget nor max_retries is set');
  });
}

function priorityOf(at: Placed): string {
  return enumName(at.get('priority'), ['DEFAULT', 'HIGH']) ?? 'DEFAULT';
}

function hostObservation(each: RetriedRoute): readonly Observation[] {
  const { envoy, route, policy } = each;
  const clusters = route.clusters.map((name) => clusterNamed(envoy, name.value));
  const hasSeveral = clusters.some(
    (cluster) => cluster?.discovery === 'strict-dns' || (cluster?.endpoints.length ?? 0) > 1,
  );
  if (!hasSeveral) return [];
  const predicates = policy.get('retry_host_predicate').items();
  const avoids = predicates.some((predicate) => predicate.get('name').value === PREVIOUS_HOSTS);
  if (avoids) return [passed(routeSubject(each))];
  return [found(routeSubject(each), policy, 'its retry_policy has no previous_hosts among retry_host_predicate')];
}

/** After these a pod may have executed the call (docs: router_filter, x-envoy-retry-on and x-envoy-retry-grpc-on). */
const MAY_HAVE_RUN = [
  '5xx',
  'gateway-error',
  'reset',
  'retriable-4xx',
  'retriable-status-codes',
  'retriable-headers',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];

export const retriedTwice: Rule = {
  code: 'GLB031',
  level: 'warning',
  title: 'calls of every method may be executed twice',
  harm:
    'a pod may have executed a call before it was reset or said UNAVAILABLE, and another pod executes it again: an ' +
    'order is placed twice',
  cure:
    'retry on these conditions only where the route names methods that may be executed twice (match: { path: ' +
    '/PACKAGE.SERVICE/METHOD }); elsewhere connect-failure,refused-stream,reset-before-request',
  sources: [
    'https://github.com/envoyproxy/envoy/issues/39800',
    'https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter',
  ],
  check: (chain) =>
    allRetried(chain).map((each) => {
      const { route, policy, conditions } = each;
      const unsafe = conditions.filter((word) => MAY_HAVE_RUN.includes(word));
      const hedges = [route.action, route.virtualHost].some(
        (at) => at.get('hedge_policy', 'hedge_on_per_try_timeout').value === true,
      );
      if ((unsafe.length === 0 && !hedges) || namesMethods(each)) return passed(routeSubject(each));
      const what = [...unsafe, ...(hedges ? ['hedging'] : [])].join(', ');
      return found(routeSubject(each), policy, `${matchText(route)} takes every method, and is retried on ${what}`);
    }),
};

/** A path, a pattern that goes on after the service's name, or a prefix that does: `/shop.Cart/Get`. */
function namesMethods({ route: { match } }: RetriedRoute): boolean {
  if (match.get('path').text() !== undefined) return true;
  const prefix = match.get('prefix').text();
  if (prefix !== undefined) return /^\/[^/]+\/[^/]+/.test(prefix);
  const regex = match.get('safe_regex', 'regex').text();
  return regex !== undefined && !/\/(\.[*+]|\[\^\/\][*+])\$?$/.test(regex) && /^\^?\\?\/.+\\?\/.+/.test(regex);
}
