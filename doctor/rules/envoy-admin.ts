// Who can reach Envoy's admin port, where one request ends it.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from '../chain/chain';
import type { Envoy } from '../chain/envoy/envoy';
import { matchText } from '../chain/envoy/retries';
import { hasOtherPolicies, isClosedToAll } from '../chain/policy-verdict';
import { blind, envoySubject, found, type Observation, passed, type Rule } from './rule';

const LOOPBACK = /^(127\.|::1$|localhost$)/;
/** What ends Envoy, changes it or shows its secrets; all other paths do no harm to calls. */
const HARMFUL = ['/quitquitquit', '/config_dump', '/logging', '/runtime_modify', '/cpuprofiler', '/heapprofiler'];

export const openAdmin: Rule = {
  code: 'GLB032',
  level: 'warning',
  title: "Envoy's admin port is open to others",
  harm: 'one POST to /quitquitquit from any pod ends Envoy with all its calls, and /config_dump shows its configuration',
  cure: 'admin on 127.0.0.1, metrics through a listener with a route for /stats/prometheus alone, and allow_paths (1.40)',
  sources: [
    'https://github.com/kubeflow/pipelines/issues/7124',
    'https://github.com/istio/istio/issues/19684',
    'https://github.com/envoyproxy/gateway/pull/5128',
    'https://github.com/mongodb/mongodb-kubernetes/pull/1211',
    'https://github.com/envoyproxy/envoy/issues/36729',
  ],
  check: (chain) =>
    chain.envoys.flatMap((envoy): readonly Observation[] => {
      const address = envoy.bootstrap.get('admin', 'address', 'socket_address');
      const host = address.get('address').text();
      const port = address.get('port_value').number();
      // Without an address there is no admin port.
      if (host === undefined || port === undefined) return [];
      const subject = envoySubject(envoy, 'admin', address);
      const harmful = HARMFUL.filter((path) => isAllowed(envoy.bootstrap.get('admin', 'allow_paths'), path));
      if (harmful.length === 0) return [passed(subject)];
      if (!LOOPBACK.test(host)) return [addressObservation(chain, envoy, address, harmful)];
      const routes = routesToAdmin(envoy, port).filter((route) => harmful.some((path) => takes(route.match, path)));
      if (routes.length === 0) return [passed(subject)];
      return routes.map((route) => found(subject, route.at, `route ${matchText(route)} of a listener leads to it`));
    }),
};

function addressObservation(chain: Chain, envoy: Envoy, address: Placed, harmful: readonly string[]): Observation {
  const subject = envoySubject(envoy, 'admin', address);
  const port = address.get('port_value').number() ?? 0;
  // A file of its own may be run by anything.
  if (envoy.object === undefined) {
    return blind(subject, `the pods that run it and the policies about them, which may close port ${port} to others`);
  }
  // Policies of other kinds both open and close.
  if (hasOtherPolicies(chain)) return blind(subject, "what the network plugin's own policies say");
  const isClosed = envoy.pods.length > 0 && envoy.pods.every(({ workload }) => isClosedToAll(chain, workload, port));
  if (isClosed) return passed(subject);
  const host = address.get('address');
  return found(subject, host, `it listens on ${host.value}:${port} and answers ${harmful[0]}`);
}

/** Without allow_paths all are. Each entry is a StringMatcher. */
function isAllowed(allowed: Placed, path: string): boolean {
  const matchers = allowed.items();
  return matchers.length === 0 || matchers.some((matcher) => matchesPath(matcher, path));
}

function matchesPath(matcher: Placed, path: string): boolean {
  const [exact, prefix, contains] = ['exact', 'prefix', 'contains'].map((key) => matcher.get(key).text());
  if (exact !== undefined) return exact === path;
  if (prefix !== undefined) return path.startsWith(prefix);
  if (contains !== undefined) return path.includes(contains);
  // A pattern or a suffix: told by running it, where JavaScript can.
  const regex = matcher.get('safe_regex', 'regex').text();
  const suffix = matcher.get('suffix').text();
  return regex === undefined ? suffix !== undefined && path.endsWith(suffix) : matchesWhole(regex, path);
}

function matchesWhole(regex: string, path: string): boolean {
  try {
    return new RegExp(`^(?:${regex})$`).test(path);
  } catch {
    // RE2 knows forms that JavaScript does not. What cannot be told from harmful counts as harmful.
    return true;
  }
}

function takes(match: Placed, path: string): boolean {
  const exact = match.get('path').text();
  if (exact !== undefined) return exact === path;
  const prefix = match.get('prefix').text() ?? match.get('path_separated_prefix').text();
  if (prefix !== undefined) return path.startsWith(prefix);
  const regex = match.get('safe_regex', 'regex').text();
  return regex !== undefined && matchesWhole(regex, path);
}

function routesToAdmin(envoy: Envoy, port: number) {
  const clusters = envoy.clusters
    .filter(({ endpoints }) => endpoints.some((each) => LOOPBACK.test(each.host) && each.port === port))
    .map(({ name }) => name);
  return envoy.listeners
    .flatMap(({ managers }) => managers)
    .flatMap(({ routes }) => routes)
    .filter((route) => route.clusters.some((name) => clusters.includes(String(name.value))));
}
