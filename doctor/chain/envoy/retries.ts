// Which calls Envoy tries again, and when.
import type { Placed } from '../../../manifest-reader/positions/placed';
import type { Envoy } from './envoy';
import type { EnvoyRoute } from './listener';

export interface RetriedRoute {
  readonly envoy: Envoy;
  readonly route: EnvoyRoute;
  /** The policy in force: the route's own, or that of its virtual host. */
  readonly policy: Placed;
  /** Its conditions: `connect-failure`, `reset`, … */
  readonly conditions: readonly string[];
}

/** Routes whose calls may be tried again. */
export function retriedRoutes(envoy: Envoy): readonly RetriedRoute[] {
  const routes = envoy.listeners.flatMap(({ managers }) => managers).flatMap((manager) => manager.routes);
  return routes.flatMap((route): readonly RetriedRoute[] => {
    if (route.clusters.length === 0) return [];
    const own = route.action.get('retry_policy');
    const policy = own.value === undefined ? route.virtualHost.get('retry_policy') : own;
    const conditions = (policy.get('retry_on').text() ?? '').split(',').map((word) => word.trim());
    const given = conditions.filter((word) => word !== '');
    return given.length === 0 || policy.get('num_retries').number() === 0
      ? []
      : [{ envoy, route, policy, conditions: given }];
  });
}

/** `/shop.Cart/Get`, or the prefix or pattern in its place. */
export function matchText({ match }: EnvoyRoute): string {
  const ways = ['path', 'prefix', 'path_separated_prefix'].map((key) => match.get(key).text());
  return ways.find((way) => way !== undefined) ?? match.get('safe_regex', 'regex').text() ?? 'a match of another kind';
}
