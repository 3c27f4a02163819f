// What NetworkPolicies say of one hop between pods. Policies add up: a hop is closed when one of them is about an end of it
// and none lets it through.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { ManifestObject } from '../input/manifest-object';
import type { Chain } from './chain';
import { matchesSelector, selectorKeys } from './label-selector';
import { type Labels, portNumber, readLabels, type Workload } from './workload';

export type Direction = 'Ingress' | 'Egress';
/** unknown: the input does not have the labels of a namespace, or says addresses instead of pods. */
export type Verdict = 'open' | 'closed' | 'unknown';

/** The pods at the other end. */
export interface Peer {
  readonly namespace: string;
  readonly labels: Labels;
}

export interface Target {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  /** Undefined where they are not in the input: then a port has no name. */
  readonly workload: Workload | undefined;
}

/** Kinds of network plugins of their own, which open and close as well. */
const OTHER_POLICIES =
  /^(Cilium(Clusterwide)?NetworkPolicy|GlobalNetworkPolicy|(Baseline)?AdminNetworkPolicy|ClusterNetworkPolicy)$/;

export function hasOtherPolicies(chain: Chain): boolean {
  return chain.objects.some(({ kind, apiVersion }) => {
    return OTHER_POLICIES.test(kind) || (kind === 'NetworkPolicy' && !apiVersion.startsWith('networking.k8s.io/'));
  });
}

/** The policies that close the pods of a workload in that direction, but for what they let through. */
export function policiesAbout(chain: Chain, workload: Workload, direction: Direction): readonly ManifestObject[] {
  return chain
    .ofKind('NetworkPolicy')
    .filter(
      ({ namespace, at }) => namespace === workload.object.namespace && isAbout(at.get('spec'), workload, direction),
    );
}

function isAbout(spec: Placed, { podLabels }: Workload, direction: Direction): boolean {
  const types = spec.get('policyTypes').items();
  // Ingress always, Egress where it has rules for it, as the API server fills it in.
  const isOfDirection =
    types.length > 0
      ? types.some(({ value }) => value === direction)
      : direction === 'Ingress' || spec.get('egress').items().length > 0;
  return isOfDirection && matchesSelector(spec.get('podSelector'), podLabels);
}

/** Whether policies are about the pods, and none of them lets anything in on that port, whoever asks. */
export function isClosedToAll(chain: Chain, workload: Workload, port: number): boolean {
  const policies = policiesAbout(chain, workload, 'Ingress');
  const rules = policies.flatMap(({ at }) => at.get('spec', 'ingress').items());
  return policies.length > 0 && !rules.some((rule) => hasPort(rule, { port, protocol: 'TCP', workload }));
}

/** @param policies those about the near end: see policiesAbout() */
export function verdictOf(
  chain: Chain,
  policies: readonly ManifestObject[],
  direction: Direction,
  peer: Peer,
  target: Target,
): Verdict {
  if (policies.length === 0) return 'open';
  const verdicts = policies.flatMap((policy) =>
    policy.at
      .get('spec', direction === 'Ingress' ? 'ingress' : 'egress')
      .items()
      .filter((rule) => hasPort(rule, target))
      .map((rule) => peerVerdict(chain, policy, rule.get(direction === 'Ingress' ? 'from' : 'to'), peer)),
  );
  if (verdicts.includes('open')) return 'open';
  return verdicts.includes('unknown') ? 'unknown' : 'closed';
}

export function hasPort(rule: Placed, { port, protocol, workload }: Target): boolean {
  const ports = rule.get('ports').items();
  if (ports.length === 0) return true;
  return ports.some((each) => {
    if ((each.get('protocol').text() ?? 'TCP') !== protocol) return false;
    if (each.get('port').value === undefined) return true;
    const first = portNumber(each.get('port'), workload?.containers ?? []);
    return first !== undefined && port >= first && port <= (each.get('endPort').number() ?? first);
  });
}

function peerVerdict(chain: Chain, policy: ManifestObject, peers: Placed, peer: Peer): Verdict {
  const entries = peers.items();
  if (entries.length === 0) return 'open';
  const verdicts = entries.map((entry): Verdict => {
    if (entry.get('ipBlock').value !== undefined) return blockVerdict(entry.get('ipBlock'));
    const pods = entry.get('podSelector');
    const isPodMatch = pods.value === undefined || matchesSelector(pods, peer.labels);
    return isPodMatch ? namespaceVerdict(chain, policy, entry, peer) : 'closed';
  });
  if (verdicts.includes('open')) return 'open';
  return verdicts.includes('unknown') ? 'unknown' : 'closed';
}

function blockVerdict(block: Placed): Verdict {
  const isAll = block.get('cidr').value === '0.0.0.0/0' && block.get('except').items().length === 0;
  return isAll ? 'open' : 'unknown';
}

function namespaceVerdict(chain: Chain, policy: ManifestObject, entry: Placed, { namespace }: Peer): Verdict {
  const selector = entry.get('namespaceSelector');
  // `{}` is every namespace; its value is an empty map, and not missing.
  if (selector.value === undefined) return policy.namespace === namespace ? 'open' : 'closed';
  const known = chain.ofKind('Namespace').find(({ name }) => name === namespace);
  const labels = readLabels(known?.at.get('metadata', 'labels') ?? entry.get('none'));
  if (matchesSelector(selector, { ...labels, 'kubernetes.io/metadata.name': namespace })) return 'open';
  const isNameOnly = selectorKeys(selector).every((key) => key === 'kubernetes.io/metadata.name');
  return known !== undefined || isNameOnly ? 'closed' : 'unknown';
}
