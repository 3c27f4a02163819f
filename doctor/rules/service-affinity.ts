// Services with a cluster IP in front of gRPC pods or of Envoy: settings that keep callers from pods.
import type { Chain } from '../chain/chain';
import { callCarriers } from '../chain/grpc';
import type { Service } from '../chain/service';
import { found, objectSubject, passed, type Rule } from './rule';

function servicesForCalls(chain: Chain): readonly Service[] {
  const carriers = callCarriers(chain);
  return chain.services.filter(
    (service) => !service.isHeadless && chain.podsOf(service).some((workload) => carriers.includes(workload)),
  );
}

export const clientAffinity: Rule = {
  code: 'GLB070',
  level: 'warning',
  title: 'Callers are tied to a pod by their address',
  harm:
    'every new connection of a caller goes to the pod of its last one, by default for three hours: reconnecting does not ' +
    'spread calls, and callers behind one address all share one pod',
  cure: 'sessionAffinity: None; where calls belong together, let Envoy hash a header of theirs',
  sources: [
    'https://github.com/kubernetes/kubernetes/issues/55603',
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity',
  ],
  check: (chain) =>
    servicesForCalls(chain).map((service) => {
      const affinity = service.at.get('sessionAffinity');
      if (affinity.value !== 'ClientIP') return passed(objectSubject(service.object));
      return found(objectSubject(service.object), affinity, 'sessionAffinity is ClientIP');
    }),
};

export const localTraffic: Rule = {
  code: 'GLB071',
  level: 'error',
  title: 'Callers reach only the pods of their own node',
  harm:
    'packets from a node without such a pod are dropped, so calls from there time out; on the others a call goes to the ' +
    'few pods of the node, whatever the load of the rest',
  cure: 'internalTrafficPolicy: Cluster; for nearness trafficDistribution: PreferClose, which falls back',
  sources: [
    'https://github.com/kubernetes/kubernetes/issues/121371',
    'https://kubernetes.io/docs/concepts/services-networking/service-traffic-policy/',
  ],
  check: (chain) =>
    servicesForCalls(chain)
      // A DaemonSet has a pod on every node that it is meant for.
      .filter((service) => !chain.podsOf(service).some(({ object }) => object.kind === 'DaemonSet'))
      .map((service) => {
        const policy = service.at.get('internalTrafficPolicy');
        if (policy.value !== 'Local') return passed(objectSubject(service.object));
        return found(objectSubject(service.object), policy, 'internalTrafficPolicy is Local');
      }),
};
