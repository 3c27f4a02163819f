// Says which pod may open a connection to which, as a network plugin works it out from all NetworkPolicies: a pod that a
// policy selects takes only what some policy names. Pods are given by namespace and labels.
import type { Labels, NetworkPolicy, PolicyPeer, PolicyPort } from './kubernetes-objects';

export interface Pod {
  readonly namespace: string;
  readonly labels: Labels;
  /** Numbers of its container ports by name. */
  readonly ports: Readonly<Record<string, number>>;
}

export type Protocol = 'TCP' | 'UDP';

/** Whether a connection of `from` to `port` of `to` passes. */
type Judge = (policies: readonly NetworkPolicy[], from: Pod, to: Pod, port: number, protocol?: Protocol) => boolean;

/** The policies of `from` let it call. */
export const mayLeave: Judge = (policies, from, to, port, protocol = 'TCP') =>
  letsPass(rulesFor(policies, from, 'Egress'), { own: from, peer: to, to, port, protocol });

/** The policies of `to` take the call. */
export const mayEnter: Judge = (policies, from, to, port, protocol = 'TCP') =>
  letsPass(rulesFor(policies, to, 'Ingress'), { own: to, peer: from, to, port, protocol });

/** The policies of both sides let it pass. */
export const mayConnect: Judge = (...connection) => mayLeave(...connection) && mayEnter(...connection);

interface Rule {
  readonly peers: readonly PolicyPeer[] | undefined;
  readonly ports: readonly PolicyPort[] | undefined;
}

/** What policies let pass that select `pod` for that direction; undefined when none does, and everything passes. */
function rulesFor(
  policies: readonly NetworkPolicy[],
  pod: Pod,
  direction: 'Ingress' | 'Egress',
): readonly Rule[] | undefined {
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      spec.policyTypes.includes(direction) &&
      matchesLabels(spec.podSelector.matchLabels, pod.labels),
  );
  if (selecting.length === 0) return undefined;
  return selecting.flatMap(({ spec: { ingress = [], egress = [] } }) =>
    direction === 'Egress'
      ? egress.map(({ to, ports }) => ({ peers: to, ports }))
      : ingress.map(({ from, ports }) => ({ peers: from, ports })),
  );
}

interface Connection {
  /** Whose policies are asked, and the other end. */
  readonly own: Pod;
  readonly peer: Pod;
  readonly to: Pod;
  readonly port: number;
  readonly protocol: Protocol;
}

function letsPass(rules: readonly Rule[] | undefined, { own, peer, to, port, protocol }: Connection): boolean {
  if (rules === undefined) return true;
  return rules.some(
    ({ peers, ports }) => matchesPeers(peers, peer, own.namespace) && matchesPorts(ports, to, port, protocol),
  );
}

/** No list of peers means any peer; addresses outside the cluster match no pod. */
function matchesPeers(peers: readonly PolicyPeer[] | undefined, pod: Pod, ownNamespace: string): boolean {
  if (peers === undefined) return true;
  return peers.some(({ namespaceSelector, podSelector, ipBlock }) => {
    if (ipBlock !== undefined) return false;
    const namespace = { 'kubernetes.io/metadata.name': pod.namespace };
    const inNamespace =
      namespaceSelector === undefined
        ? pod.namespace === ownNamespace
        : matchesLabels(namespaceSelector.matchLabels, namespace);
    return inNamespace && matchesLabels(podSelector?.matchLabels, pod.labels);
  });
}

function matchesPorts(ports: readonly PolicyPort[] | undefined, to: Pod, port: number, protocol: Protocol): boolean {
  if (ports === undefined) return true;
  return ports.some((allowed) => {
    const number = typeof allowed.port === 'string' ? to.ports[allowed.port] : allowed.port;
    return allowed.protocol === protocol && number === port;
  });
}

function matchesLabels(selector: Labels | undefined, labels: Labels): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}
