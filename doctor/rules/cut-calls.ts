// Limits of Envoy that end calls by surprise.
import type { Place } from '../../manifest-reader/positions/placed';
import type { Chain } from '../chain/chain';
import type { Envoy } from '../chain/envoy/envoy';
import type { EnvoyRoute, HttpManager } from '../chain/envoy/listener';
import { durationSeconds, enumName } from '../chain/envoy/proto-value';
import { matchText } from '../chain/envoy/retries';
import { clusterSubject, dnsGrpcClusters, grpcClusters } from './grpc-clusters';
import { envoySubject, found, passed, type Rule, type Subject } from './rule';

const TIMEOUTS = 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts';

interface GrpcRoute {
  readonly envoy: Envoy;
  readonly manager: HttpManager;
  readonly route: EnvoyRoute;
  readonly subject: Subject & { readonly place: Place };
}

/** Routes that send gRPC calls on. */
function grpcRoutes(chain: Chain): readonly GrpcRoute[] {
  const serving = grpcClusters(chain, true);
  return chain.envoys.flatMap((envoy) => {
    const names = serving.filter((each) => each.envoy === envoy).map(({ cluster }) => cluster.name);
    const managers = envoy.listeners.flatMap((listener) => listener.managers);
    return managers.flatMap((manager) =>
      manager.routes
        .filter(({ clusters }) => clusters.some((name) => names.includes(String(name.value))))
        .map((route) => {
          const subject = envoySubject(envoy, `route ${matchText(route)}`, route.at);
          return { envoy, manager, route, subject };
        }),
    );
  });
}

export const cutAfterFifteenSeconds: Rule = {
  code: 'GLB043',
  level: 'warning',
  title: 'a route ends calls after 15 seconds',
  harm:
    'without a timeout a route gives each call 15 s, streams too: a stream that lives longer, or a unary call with a ' +
    'longer deadline, ends with an error although both sides are well',
  cure: "timeout: 0s on the route (the caller's deadline counts), or max_stream_duration with grpc_timeout_header_max",
  sources: [TIMEOUTS, 'https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto'],
  check: (chain) =>
    grpcRoutes(chain).map(({ route: { action }, subject }) => {
      // With max_stream_duration on the route its timeout is not looked at (router: usingNewTimeouts).
      const ways = ['timeout', 'max_stream_duration', 'max_grpc_timeout'];
      if (ways.some((key) => action.get(key).value !== undefined)) return passed(subject);
      return found(subject, action, 'it has no timeout, and the default is 15 s');
    }),
};

export const cutWhenQuiet: Rule = {
  code: 'GLB044',
  level: 'info',
  title: 'a stream that is silent for five minutes is cut',
  harm: 'a server stream or a chat that is quiet for 5 min, the default, is reset: the caller sees an error, not an end',
  cure: 'idle_timeout on the route (3600s, or 0s for never), or stream_idle_timeout on the connection manager',
  sources: [TIMEOUTS],
  check: (chain) =>
    grpcRoutes(chain)
      // A single unary method has a deadline that is nearer.
      .filter(({ route }) => route.action.get('max_stream_duration').value === undefined)
      .map(({ manager, route: { action }, subject }) => {
        const isSet = [action.get('idle_timeout'), manager.at.get('stream_idle_timeout')].some(
          ({ value }) => value !== undefined,
        );
        if (isSet) return passed(subject);
        return found(subject, action, 'neither idle_timeout nor stream_idle_timeout is set');
      }),
};

/** gRPC's proposal A8: servers take pings that come sooner than this, or without calls, for an attack. */
const PING_SECONDS = 300;

export const tooManyPings: Rule = {
  code: 'GLB049',
  level: 'warning',
  title: 'Envoy pings servers more often than they allow',
  harm:
    'servers in Go, Java, Python and C++ take the third ping within 5 min of quiet for an attack, and end the connection ' +
    'with all its calls (GOAWAY, too_many_pings)',
  cure:
    'connection_keepalive with an interval of at least 300s towards servers, and TCP keepalive for vanished nodes; or ' +
    'let the servers allow it (in Go: keepalive.EnforcementPolicy)',
  sources: ['https://github.com/grpc/proposal/blob/master/A8-client-side-keepalive.md'],
  check: (chain) =>
    grpcClusters(chain, true).flatMap((each) => {
      const keepalive = each.cluster.http2?.get('connection_keepalive');
      const h2 =
        keepalive?.value === undefined
          ? each.cluster.http2?.get('http2_protocol_options', 'connection_keepalive')
          : keepalive;
      if (h2?.value === undefined) return [];
      const intervals = [h2.get('interval'), h2.get('connection_idle_interval')];
      const often = intervals.find((at) => (durationSeconds(at) ?? PING_SECONDS) < PING_SECONDS);
      if (often === undefined) return [passed(clusterSubject(each))];
      return [found(clusterSubject(each), often, `it pings after ${durationSeconds(often)} s`)];
    }),
};

export const bothAddressFamilies: Rule = {
  code: 'GLB046',
  level: 'info',
  title: 'Envoy asks DNS for IPv6 addresses first',
  harm:
    'AUTO, the default, wants AAAA records, and A records where there are none: an IPv4 cluster is asked twice as often, ' +
    'and a late or wrong answer to the first delays or empties the set of pods',
  cure: 'dns_lookup_family: V4_ONLY, or V6_ONLY in an IPv6 cluster',
  sources: ['https://github.com/projectcontour/contour/issues/3323', 'https://github.com/envoyproxy/envoy/pull/47494'],
  check: (chain) =>
    dnsGrpcClusters(chain).map((each) => {
      const family = each.cluster.dns.get('dns_lookup_family');
      const isAuto = ['AUTO', 'UNSPECIFIED'].includes(enumName(family, ['AUTO']) ?? 'AUTO');
      if (!isAuto) return passed(clusterSubject(each));
      return found(clusterSubject(each), family, `dns_lookup_family is ${family.value ?? 'not set'}`);
    }),
};
