// Headless Services in front of gRPC pods: what their names answer, and settings that do nothing there.
import type { Chain } from '../chain/chain';
import { diallersOf } from '../chain/dialler';
import { isGrpcPort } from '../chain/grpc';
import type { Service } from '../chain/service';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

function headlessForCalls(chain: Chain): readonly Service[] {
  return chain.services.filter(
    (service) => service.isHeadless && service.ports.some((port) => isGrpcPort(chain, service, port)),
  );
}

export const unreadyAddresses: Rule = {
  code: 'GLB006',
  level: 'error',
  title: 'A headless name has pods that are not ready, and Envoy checks no health',
  harm:
    'DNS answers with pods that still start or already leave, and nothing else keeps calls away from them: they are ' +
    'refused at each roll, for as long as a pod starts',
  cure: 'publishNotReadyAddresses: false, or health_checks in the cluster of Envoy that dials it',
  sources: [
    'https://github.com/camunda/camunda-platform-helm/issues/6736',
    'https://github.com/cadence-workflow/cadence-charts/issues/90',
  ],
  check: (chain) => headlessForCalls(chain).flatMap((service) => unreadyObservations(chain, service)),
};

function unreadyObservations(chain: Chain, service: Service): readonly Observation[] {
  const subject = objectSubject(service.object);
  const setting = service.at.get('publishNotReadyAddresses');
  if (setting.value !== true) return [passed(subject)];
  const diallers = diallersOf(chain, service);
  if (diallers.length === 0) {
    // The name by which the pods of a StatefulSet find each other has to know them before they are ready.
    const isForPeers = chain
      .ofKind('StatefulSet')
      .some(
        ({ at, namespace }) =>
          at.get('spec', 'serviceName').value === service.object.name && namespace === service.object.namespace,
      );
    return isForPeers ? [] : [blind(subject, 'the Envoy that dials it, for its health_checks')];
  }
  return diallers.map(({ envoy, cluster }) => {
    if (cluster.at.get('health_checks').items().length > 0) return passed(subject);
    const says = `publishNotReadyAddresses is true, and cluster ${cluster.name} of ${envoy.label} has no health_checks`;
    return found(subject, setting, says);
  });
}

/** What an API server leaves out when it says nothing. */
const WITHOUT_EFFECT = [
  { field: 'sessionAffinity', harmless: ['None'] },
  { field: 'trafficDistribution', harmless: [] },
  { field: 'internalTrafficPolicy', harmless: ['Cluster'] },
  { field: 'type', harmless: ['ClusterIP'] },
] as const;

export const headlessSettings: Rule = {
  code: 'GLB007',
  level: 'warning',
  title: 'A headless Service has a setting that only works with a cluster IP',
  harm:
    'DNS gives every caller all pods whatever this says, so calls are neither kept together nor kept near; the API ' +
    'server refuses a headless Service of type NodePort or LoadBalancer',
  cure: 'take the setting out; let Envoy do it (lb_policy RING_HASH, locality), or give callers a Service with a cluster IP',
  sources: ['https://github.com/kubernetes/kubernetes/pull/132214'],
  check: (chain) =>
    headlessForCalls(chain).flatMap((service): readonly Observation[] => {
      const subject = objectSubject(service.object);
      const idle = WITHOUT_EFFECT.filter(({ field, harmless }) => {
        const value = service.at.get(field).text();
        return value !== undefined && !(harmless as readonly string[]).includes(value);
      });
      if (idle.length === 0) return [passed(subject)];
      return idle.map(({ field }) => {
        const at = service.at.get(field);
        return found(subject, at, `clusterIP is None, and ${field} is ${at.value}`);
      });
    }),
};

export const twinPorts: Rule = {
  code: 'GLB068',
  level: 'warning',
  title: 'Two Services of the same pods give one port number to two ports of theirs',
  harm: 'a caller that goes from one name to the other with the same number ends at another port, where calls are refused',
  cure: 'give both Services the same targetPort for a port number',
  sources: ['https://github.com/kubernetes/kubernetes/issues/20488', 'https://github.com/istio/istio/pull/37405'],
  check: (chain) =>
    headlessForCalls(chain).flatMap((headless) => {
      const subject = objectSubject(headless.object);
      const twins = chain.services.filter((service) => !service.isHeadless && isTwin(service, headless));
      return twins.map((twin) => {
        const pair = headless.ports
          .map((port) => ({ port, other: twin.ports.find(({ number }) => number === port.number) }))
          .find(({ port, other }) => other !== undefined && String(other.target.value) !== String(port.target.value));
        const [one, two] = [pair?.port.target, pair?.other?.target];
        if (one === undefined || two === undefined) return passed(subject);
        const numbers = [one, two].map((target) => targetNumber(chain, headless, target));
        if (numbers.includes(undefined))
          return blind(subject, `the pods behind it, for their ports ${one.value} and ${two.value}`);
        if (numbers[0] === numbers[1]) return passed(subject);
        const says = `port ${pair?.port.number} goes to ${one.value}, and to ${two.value} in ${twin.object.label}`;
        return found(subject, one, says);
      });
    }),
};

function isTwin(service: Service, other: Service): boolean {
  const text = (selector: Service['selector']) => JSON.stringify(Object.entries(selector).sort());
  return service.object.namespace === other.object.namespace && text(service.selector) === text(other.selector);
}

function targetNumber(chain: Chain, service: Service, target: Service['at']): number | undefined {
  if (typeof target.value === 'number') return target.value;
  const ports = chain.podsOf(service).flatMap(({ containers }) => containers.flatMap((container) => container.ports));
  return ports.find(({ name }) => name === target.value)?.number;
}
