// The arrows of the picture as network policies, with the user's names at both ends. Every arrow is a copy of a shipped one.
import type { Callers, Service } from '../service/service';
import { stripComments } from '../yaml-text/comments';
import type { YamlPath, YamlText } from '../yaml-text/yaml-text';
import { SHIPPED } from './shipped-files';

const NAMESPACE_LABEL = 'kubernetes.io/metadata.name';
const POD_LABELS: YamlPath = ['podSelector', 'matchLabels'];
const IN_NAMESPACE: YamlPath = ['namespaceSelector', 'matchLabels', NAMESPACE_LABEL];

/** Who may call Envoy, and whom Envoy may call: of its policy, and of the one for Linkerd's ports. */
export function openEnvoy(policy: YamlText, services: readonly Service[]): void {
  const arrow = findArrow(policy, 'ingress', SHIPPED.client);
  const peer: YamlPath = [...arrow, 'from', 0];
  policy.replaceItem(
    peer,
    callersOf(services).flatMap((callers) => peersFor(callers, policy.item(peer))),
  );
  const calls = findArrow(policy, 'egress', SHIPPED.namespace);
  policy.replaceItem(
    calls,
    services.map((service, index) => {
      const rule = policy.item(calls);
      selectPods(rule, [0, 'to', 0], service);
      // Linkerd's proxies take every call at a port of their own.
      if (rule.value([0, 'ports', 0, 'port']) !== LINKERD_PORT) rule.set([0, 'ports', 0, 'port'], service.port);
      return index === 0 ? rule.text : stripComments(rule.text);
    }),
  );
}

const LINKERD_PORT = 4143;
/** The shipped name of the port that Prometheus reads. */
const METRICS_PORT = 'http-metrics';

/** Who may call the pods of the service. They may call anything: what they need is not known here. */
export function openService(policy: YamlText, service: Service): void {
  policy.setEntries(['spec', ...POD_LABELS], service.selector);
  policy.setSource(['spec', 'policyTypes'], '[Ingress]');
  if (policy.has(['spec', 'egress'])) policy.remove(['spec', 'egress']);
  const arrows = policy.value(['spec', 'ingress']) as { ports: { port: unknown }[] }[];
  arrows.forEach((arrow, index) => {
    if (arrow.ports[0]?.port === 'grpc') {
      policy.set(['spec', 'ingress', index, 'ports', 0, 'port'], service.portName ?? service.port);
    }
  });
  const isForCalls = arrows.some((arrow) => arrow.ports[0]?.port === 'grpc');
  if (isForCalls) policy.setCommentAbove(['apiVersion'], describe(service));
  const scrapes = arrows.findIndex((arrow) => arrow.ports[0]?.port === METRICS_PORT);
  if (scrapes === -1) return;
  if (service.metrics === undefined) policy.remove(['spec', 'ingress', scrapes]);
  else {
    const { port, portName } = service.metrics;
    policy.set(['spec', 'ingress', scrapes, 'ports', 0, 'port'], portName ?? port);
  }
}

function describe({ name, metrics }: Service): readonly string[] {
  const scrapes = metrics === undefined ? '' : ', Prometheus with scrapes (edge E5)';
  return [
    `Who may reach the pods of ${name}: Envoy with calls (edge E4)${scrapes}.`,
    'Once it is applied, others do not: every caller has to have moved before. Whom the pods call is left open.',
  ];
}

/** Whose metrics Prometheus may read: pods of the services that have some, and Envoy's. */
export function openScrapes(policy: YamlText, services: readonly Service[]): void {
  const arrow = findArrow(policy, 'egress', SHIPPED.namespace);
  const scraped = services.filter(({ metrics }) => metrics !== undefined);
  // The shipped client's own metrics are those of a client that the user does not have.
  const clients = indexOfNamespace(policy.value([...arrow, 'to']) as Peer[], SHIPPED.client);
  const rules = scraped.map((service, index) => {
    const rule = policy.item(arrow);
    rule.remove([0, 'to', clients]);
    selectPods(rule, [0, 'to', 0], service);
    rule.set([0, 'ports', 0, 'port'], service.metrics?.port ?? 0);
    if (service.metrics?.portName !== METRICS_PORT)
      rule.setCommentBeside([0, 'ports', 0, 'port'], 'where their metrics are');
    return index === 0 ? rule.text : stripComments(rule.text);
  });
  policy.replaceItem(arrow, rules);
}

interface Peer {
  readonly namespaceSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}

/** The rule that names pods of this namespace. */
function findArrow(policy: YamlText, direction: 'ingress' | 'egress', namespace: string): YamlPath {
  const rules = policy.value(['spec', direction]) as { from?: Peer[]; to?: Peer[] }[];
  const index = rules.findIndex((rule) => indexOfNamespace(rule.from ?? rule.to ?? [], namespace) !== -1);
  if (index === -1)
    throw new Error(`${policy.name}: spec.${direction}: expected a rule about the namespace ${namespace}`);
  return ['spec', direction, index];
}

function indexOfNamespace(peers: readonly Peer[], namespace: string): number {
  return peers.findIndex(({ namespaceSelector }) => namespaceSelector?.matchLabels?.[NAMESPACE_LABEL] === namespace);
}

function selectPods(rule: YamlText, peer: YamlPath, { namespace, selector }: Service): void {
  rule.set([...peer, ...IN_NAMESPACE], namespace);
  rule.setEntries([...peer, ...POD_LABELS], selector);
}

/** The callers of all services, each once; every namespace where one service may be called from everywhere. */
function callersOf(services: readonly Service[]): readonly Callers[] {
  const all = services.map(({ callers }) => callers);
  const open = all.find(({ namespaces }) => namespaces.length === 0);
  if (open !== undefined) return [open];
  return all.filter(
    (callers, at) => at === all.findIndex((other) => JSON.stringify(other) === JSON.stringify(callers)),
  );
}

function peersFor({ namespaces, labels }: Callers, shipped: YamlText): readonly string[] {
  if (namespaces.length === 0) return ['- namespaceSelector: {} # every namespace: nothing was said of the callers\n'];
  return namespaces.map((namespace) => {
    const peer = shipped.item([0]);
    peer.set([0, ...IN_NAMESPACE], namespace);
    if (labels === undefined) peer.remove([0, 'podSelector']);
    else peer.setEntries([0, ...POD_LABELS], labels);
    return peer.text;
  });
}
