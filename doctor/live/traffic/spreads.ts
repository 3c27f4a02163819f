// How the calls of the watched while spread over hosts of each cluster, and over the Envoys that they came through.
import type { Placed } from '../../../manifest-reader/positions/placed';
import type { Chain } from '../../chain/chain';
import type { EnvoyCluster } from '../../chain/envoy/cluster';
import { clusterNamed, type Envoy } from '../../chain/envoy/envoy';
import type { ManifestObject } from '../../input/manifest-object';
import { endpointsAt, endpointsOf, type LiveEndpoint } from './endpoints';
import type { HostReading } from './host-readings';
import { type EnvoyReading, hostsIn } from './read-envoy';
import type { Traffic, WatchedEnvoy } from './watch';

export interface Share {
  /** The pod, or the address where that is all that is known. */
  readonly name: string;
  readonly calls: number;
  /** Why it may have fewer calls than its siblings by right; undefined where nothing excuses it. */
  readonly excuse: string | undefined;
}

export interface Spread {
  readonly owner: ManifestObject;
  readonly envoy: Envoy | undefined;
  /** Undefined: over the Envoys themselves. */
  readonly cluster: string | undefined;
  readonly shares: readonly Share[];
  /** Ready endpoints that no Envoy knows. */
  readonly unknown: readonly string[];
}

/** What tells endpoints and names from addresses. */
export interface Surroundings {
  readonly chain: Chain;
  readonly pods: readonly ManifestObject[];
  readonly endpoints: readonly LiveEndpoint[];
}

export function spreadsOf(traffic: Traffic, surroundings: Surroundings): readonly Spread[] {
  const owners = [...new Set(traffic.envoys.map(({ owner }) => owner))];
  return owners.flatMap((owner) => {
    const envoys = traffic.envoys.filter((each) => each.owner === owner);
    const clusters = [...new Set(envoys.flatMap(({ before }) => hostsIn(before).map(({ cluster }) => cluster)))];
    const known = envoys[0]?.envoy?.clusters.filter(({ name }) => !clusters.includes(name) && dials(name, envoys));
    const names = [...clusters, ...(known ?? []).map(({ name }) => name)];
    const overHosts = names
      .map((cluster) => hostSpread({ owner, envoys, cluster, startedMs: traffic.startedMs }, surroundings))
      .filter(({ shares, unknown }) => shares.length > 1 || unknown.length > 0);
    return [...overHosts, ...envoySpread(owner, envoys, traffic.startedMs)];
  });
}

/** A cluster that is to have hosts by DNS, and that Envoys show their hosts of. */
function dials(name: string, envoys: readonly WatchedEnvoy[]): boolean {
  const sees = envoys.some(({ before, after }) => before.kind === 'hosts' && after.kind === 'hosts');
  return sees && clusterNamed(envoys[0]?.envoy, name)?.discovery === 'strict-dns';
}

interface HostSpread {
  readonly owner: ManifestObject;
  readonly envoys: readonly WatchedEnvoy[];
  readonly cluster: string;
  readonly startedMs: number;
}

function hostSpread({ owner, envoys, cluster, startedMs }: HostSpread, surroundings: Surroundings): Spread {
  const envoy = envoys[0]?.envoy;
  const looks = envoys.flatMap(({ before, after }) =>
    before.kind === 'hosts' && after.kind === 'hosts' ? [[hostsOf(before, cluster), hostsOf(after, cluster)]] : [],
  );
  const addresses = [...new Set(looks.flat(2).map(({ address }) => address))];
  const shares = addresses.map((address): Share => {
    const pairs = looks.map((look) => look.map((hosts) => hosts.find((host) => host.address === address)));
    const behind = endpointsAt(surroundings.endpoints, address);
    const calls = pairs.reduce(
      (sum, [before, after]) => sum + Math.max(0, (after?.calls ?? 0) - (before?.calls ?? 0)),
      0,
    );
    return { name: behind[0]?.pod ?? address, calls, excuse: excuseOf(pairs, behind) };
  });
  const dialled = clusterNamed(envoy, cluster);
  const unknown = dialled === undefined ? [] : unknownTo(addresses, dialled, envoy, { ...surroundings, startedMs });
  return { owner, envoy, cluster, shares, unknown };
}

type Pair = readonly (HostReading | undefined)[];

function excuseOf(pairs: readonly Pair[], behind: readonly LiveEndpoint[]): string | undefined {
  const seen = pairs.flat().filter((host) => host !== undefined);
  if (behind.some(({ isReady }) => !isReady)) return 'not ready';
  if (pairs.some(([before, after]) => (before === undefined) !== (after === undefined))) return 'came or went';
  if (pairs.some(([before, after]) => (after?.calls ?? 0) < (before?.calls ?? 0))) return 'came back';
  const unwell = seen.find(({ flags }) => flags !== 'healthy');
  if (unwell !== undefined) return unwell.flags;
  if (seen.some(({ priority }) => priority > 0)) return 'of a lower priority';
  return undefined;
}

/** DNS and its caches may take so long to tell of an endpoint, and callers so long to connect to it. */
const KNOWN_AFTER_MS = 60_000;

function unknownTo(
  addresses: readonly string[],
  { discovery, endpoints: dialled }: EnvoyCluster,
  envoy: Envoy | undefined,
  { chain, pods, endpoints, startedMs }: Surroundings & Pick<HostSpread, 'startedMs'>,
): readonly string[] {
  if (discovery !== 'strict-dns') return [];
  return dialled.flatMap(({ host, port }) => {
    const service = chain.serviceAt(host, envoy?.namespace);
    if (service === undefined || !service.isHeadless || port === undefined) return [];
    const hasV6 = addresses.some((address) => address.startsWith('['));
    return endpointsOf(endpoints, service)
      .filter((endpoint) => endpoint.isReady && isOld(pods, endpoint, startedMs))
      .filter(({ ip }) => hasV6 || !ip.includes(':'))
      .filter((endpoint) => !addresses.includes(endpoint.addressAt(port)))
      .map((endpoint) => endpoint.pod ?? endpoint.addressAt(port));
  });
}

function isOld(pods: readonly ManifestObject[], { pod, namespace }: LiveEndpoint, startedMs: number): boolean {
  const object = pods.find((each) => each.name === pod && each.namespace === namespace);
  return object === undefined || !isNew(object, startedMs);
}

function isNew(pod: ManifestObject, startedMs: number): boolean {
  const since = readyCondition(pod)?.get('lastTransitionTime').text();
  return since !== undefined && startedMs - Date.parse(since) < KNOWN_AFTER_MS;
}

function readyCondition({ at }: ManifestObject): Placed | undefined {
  const conditions = at.get('status', 'conditions').items();
  return conditions.find((condition) => condition.get('type').value === 'Ready');
}

/** Over the Envoys: of those that were looked at twice. */
function envoySpread(owner: ManifestObject, envoys: readonly WatchedEnvoy[], startedMs: number): readonly Spread[] {
  const shares = envoys.flatMap((each): readonly Share[] => {
    const [before, after] = [callsIn(each.before, each), callsIn(each.after, each)];
    if (before === undefined || after === undefined) return [];
    const isReady = readyCondition(each.pod)?.get('status').value === 'True';
    const excuse = isReady ? (isNew(each.pod, startedMs) ? 'new' : undefined) : 'not ready';
    return [{ name: each.pod.name, calls: Math.max(0, after - before), excuse }];
  });
  return shares.length < 2 ? [] : [{ owner, envoy: envoys[0]?.envoy, cluster: undefined, shares, unknown: [] }];
}

function callsIn(reading: EnvoyReading, { envoy }: WatchedEnvoy): number | undefined {
  if (reading.kind === 'none') return undefined;
  if (reading.kind === 'hosts') return reading.hosts.reduce((sum, { calls }) => sum + calls, 0);
  const isInner = (name: string) =>
    clusterNamed(envoy, name)?.endpoints.every(({ host }) => /^(127\.|::1$)/.test(host));
  return reading.clusters.filter(({ cluster }) => !isInner(cluster)).reduce((sum, { calls }) => sum + calls, 0);
}

function hostsOf(reading: EnvoyReading, cluster: string): readonly HostReading[] {
  return hostsIn(reading).filter((host) => host.cluster === cluster);
}
