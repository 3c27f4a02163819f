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

/** Whether `from` may connect to `port` of `to`: the policies of both sides must let it pass. */
export function mayConnect(
  policies: readonly NetworkPolicy[],
  from: Pod,
  to: Pod,
  port: number,
  protocol: Protocol = 'TCP',
): boolean {
  return mayLeave(policies, from, to, port, protocol) && mayEnter(policies, from, to, port, protocol);
}

/** Whether the policies of `from` let it call `port` of `to`. */
export function mayLeave(
  policies: readonly NetworkPolicy[],
  from: Pod,
  to: Pod,
  port: number,
  protocol: Protocol = 'TCP',
): boolean {
  const rules = rulesFor(policies, from, 'Egress')?.flatMap(({ spec }) => spec.egress ?? []);
  const passes = rules?.some(
    (rule) => matchesPeers(rule.to, to, from.namespace) && matchesPorts(rule.ports, to, port, protocol),
  );
  return passes ?? true;
}

/** Whether the policies of `to` take a call of `from` to `port`. */
export function mayEnter(
  policies: readonly NetworkPolicy[],
  from: Pod,
  to: Pod,
  port: number,
  protocol: Protocol = 'TCP',
): boolean {
  const rules = rulesFor(policies, to, 'Ingress')?.flatMap(({ spec }) => spec.ingress ?? []);
  const passes = rules?.some(
    (rule) => matchesPeers(rule.from, from, to.namespace) && matchesPorts(rule.ports, to, port, protocol),
  );
  return passes ?? true;
}

/** The policies that select `pod` for that direction; undefined when none does, and everything passes. */
function rulesFor(
  policies: readonly NetworkPolicy[],
  pod: Pod,
  direction: 'Ingress' | 'Egress',
): readonly NetworkPolicy[] | undefined {
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      spec.policyTypes.includes(direction) &&
      matchesLabels(spec.podSelector.matchLabels, pod.labels),
  );
  return selecting.length === 0 ? undefined : selecting;
}

/** No list of peers means anybody; addresses outside the cluster match no pod. */
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
