// NetworkPolicies along the way of a call: from caller to Envoy to server, to DNS, and from Prometheus and the adapter.
import { callers } from '../chain/caller';
import type { Chain } from '../chain/chain';
import { callCarriers } from '../chain/grpc';
import { type Hop, hops } from '../chain/hop';
import { isMeshed } from '../chain/mesh';
import {
  hasOtherPolicies,
  hasPort,
  policiesAbout,
  type Target,
  type Verdict,
  verdictOf,
} from '../chain/policy-verdict';
import type { Workload } from '../chain/workload';
import type { ManifestObject } from '../input/manifest-object';
import { blind, found, type Observation, objectSubject, passed, type Rule, type Subject } from './rule';

export const cutHop: Rule = {
  code: 'GLB021',
  level: 'error',
  title: 'NetworkPolicies cut a hop of the chain',
  harm:
    'packets are dropped without a word: calls run into their deadline, or Prometheus has no numbers and autoscalers never ' +
    'add a pod',
  cure: 'a rule for that port at each end that a policy is about: ingress at the one that is called, egress at the caller',
  sources: [
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
    'https://github.com/kubernetes/website/issues/54997',
  ],
  check: (chain) => {
    if (chain.ofKind('NetworkPolicy').length === 0) return [];
    const carriers = callCarriers(chain);
    const concerned = hops(chain).filter(({ to, what }) => what === 'queries' || carriers.includes(to));
    return [...concerned.flatMap((hop) => hopObservations(chain, hop)), ...namesAreFound(chain)];
  },
};

function hopObservations(chain: Chain, { from, to, port, what }: Hop): readonly Observation[] {
  const label = `${from.object.label} → ${to.object.label}:${port}`;
  const target: Target = { port, protocol: 'TCP', workload: to };
  const ends = [
    { near: to, far: from, direction: 'Ingress' },
    { near: from, far: to, direction: 'Egress' },
  ] as const;
  return ends.flatMap(({ near, far, direction }): readonly Observation[] => {
    const policies = policiesAbout(chain, near, direction);
    const peer = { namespace: far.object.namespace, labels: far.podLabels };
    const verdict = verdictOf(chain, policies, direction, peer, target);
    const subject = hopSubject(label, near, [from, to], policies);
    const says =
      direction === 'Ingress'
        ? `no policy about ${to.object.label} lets ${what} of ${from.object.label} in on port ${port}`
        : `no policy about ${from.object.label} lets its ${what} out to ${to.object.label} on port ${port}`;
    return observe(chain, { verdict, subject, policies, says });
  });
}

/** Of Linkerd's proxy, for everything that comes from another one of its proxies. */
const LINKERD_INBOUND = 4143;

export const cutProxies: Rule = {
  code: 'GLB072',
  level: 'error',
  title: "NetworkPolicies do not let Linkerd's proxies reach each other",
  harm:
    'between two pods with a proxy a call goes to port 4143 whatever port was asked for; policies that know the port of the ' +
    'server alone drop it, and calls run into their deadline',
  cure: 'port 4143 beside the port of the server, in at the server and out at the caller',
  sources: ['https://github.com/linkerd/linkerd2/issues/15246', 'https://github.com/linkerd/website/pull/1379'],
  check: (chain) => {
    if (chain.ofKind('NetworkPolicy').length === 0) return [];
    const carriers = callCarriers(chain);
    return hops(chain)
      .filter(({ from, to, what }) => what === 'calls' && carriers.includes(to) && areMeshed(chain, [from, to]))
      .flatMap((hop) => hopObservations(chain, { ...hop, port: LINKERD_INBOUND }));
  },
};

function areMeshed(chain: Chain, workloads: readonly Workload[]): boolean {
  return workloads.every((workload) => isMeshed(chain, workload, 'Linkerd') === true);
}

interface Judged {
  readonly verdict: Verdict;
  readonly subject: Subject;
  readonly policies: readonly ManifestObject[];
  readonly says: string;
}

function observe(chain: Chain, { verdict, subject, policies, says }: Judged): readonly Observation[] {
  // Policies of other kinds both open and close.
  if (hasOtherPolicies(chain)) return [blind(subject, "what the network plugin's own policies say")];
  const [policy] = policies;
  if (verdict === 'open' || policy === undefined) return [passed(subject)];
  if (verdict === 'unknown')
    return [blind(subject, 'the Namespace objects with their labels, or the addresses of pods')];
  return [found(subject, policy.at.get('spec'), says)];
}

function hopSubject(
  label: string,
  near: Workload,
  workloads: readonly Workload[],
  policies: readonly ManifestObject[],
): Subject {
  const carriers = [...new Set([...policies, ...workloads.map(({ object }) => object)])];
  return { label, place: near.object.place, carriers };
}

/** Those who have to ask DNS: Envoys with clusters found by it, and callers of names. */
function askers(chain: Chain): readonly Workload[] {
  const envoys = chain.envoys
    .filter(({ clusters }) =>
      clusters.some(({ discovery }) => discovery === 'strict-dns' || discovery === 'logical-dns'),
    )
    .flatMap(({ pods }) => pods.map(({ workload }) => workload));
  const carriers = callCarriers(chain);
  const clients = callers(chain)
    .filter(({ service }) => chain.podsOf(service).some((workload) => carriers.includes(workload)))
    .map(({ workload }) => workload);
  return [...new Set([...envoys, ...clients])];
}

function namesAreFound(chain: Chain): readonly Observation[] {
  return askers(chain).flatMap((workload) => {
    const policies = policiesAbout(chain, workload, 'Egress');
    const says = `no policy about ${workload.object.label} lets it ask DNS (port 53, UDP)`;
    const subject = hopSubject(`${workload.object.label} → DNS`, workload, [workload], policies);
    return observe(chain, { verdict: dnsVerdict(policies, 'UDP'), subject, policies, says });
  });
}

/** Where DNS runs, and what its pods are called, differs: a rule with its port is enough. */
function dnsVerdict(policies: readonly ManifestObject[], protocol: Target['protocol']): Verdict {
  if (policies.length === 0) return 'open';
  const rules = policies.flatMap(({ at }) => at.get('spec', 'egress').items());
  const target: Target = { port: 53, protocol, workload: undefined };
  const withPort = rules.filter((rule) => hasPort(rule, target));
  if (withPort.some((rule) => rule.get('ports').items().length > 0 || rule.get('to').items().length === 0))
    return 'open';
  // A rule for all ports of some peers, which may be those of DNS. A port by name may be that of DNS too.
  const isMaybe = withPort.length > 0 || rules.some((rule) => rule.get('ports').items().some(namesDns));
  return isMaybe ? 'unknown' : 'closed';
}

/** OpenShift's DNS listens on 5353, behind a Service that policies do not see. */
function namesDns(port: ReturnType<ManifestObject['at']['get']>): boolean {
  return /^dns/.test(String(port.get('port').value)) || port.get('port').number() === 5353;
}

export const dnsOverTcp: Rule = {
  code: 'GLB064',
  level: 'warning',
  title: 'DNS is open over UDP only',
  harm:
    'an answer with more pods than fit into a packet (28 addresses into 512 bytes) is asked for again over TCP, which is ' +
    'dropped: Envoy keeps the hosts that it has, and new pods get no calls',
  cure: 'port 53 with protocol TCP beside UDP in the same rule',
  sources: [
    'https://github.com/otterize/intents-operator/pull/536',
    'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  ],
  check: (chain) =>
    askers(chain).flatMap((workload): readonly Observation[] => {
      const policies = policiesAbout(chain, workload, 'Egress');
      const subject = objectSubject(workload.object);
      if (policies.length === 0 || hasOtherPolicies(chain) || dnsVerdict(policies, 'UDP') !== 'open') return [];
      const verdict = dnsVerdict(policies, 'TCP');
      if (verdict !== 'closed') return [passed(subject)];
      const rule = policies
        .flatMap(({ at }) => at.get('spec', 'egress').items())
        .find((each) => hasPort(each, { port: 53, protocol: 'UDP', workload: undefined }));
      const at = rule?.get('ports') ?? workload.object.at;
      const own = { ...subject, carriers: [...policies, workload.object] };
      return [found(own, at, `policies let ${workload.object.label} ask DNS over UDP, and not over TCP`)];
    }),
};
