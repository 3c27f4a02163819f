// What the clusters of Envoy dial: a name with one address per pod, on the port that the pods listen on.
import type { Chain } from '../chain/chain';
import type { Endpoint, EnvoyCluster } from '../chain/envoy/cluster';
import type { Envoy } from '../chain/envoy/envoy';
import { isMeshed, MESHES, type Mesh } from '../chain/mesh';
import { type Service, serviceName } from '../chain/service';
import { grpcClusters } from './grpc-clusters';
import { blind, envoySubject, found, type Observation, passed, type Rule } from './rule';

interface Dialled {
  readonly envoy: Envoy;
  readonly cluster: EnvoyCluster;
  readonly endpoint: Endpoint;
  /** Undefined when it is not in the input. */
  readonly service: Service | undefined;
}

/** Every address of a cluster for gRPC calls that means a Service. */
function dialledServices(chain: Chain): readonly Dialled[] {
  return grpcClusters(chain, true).flatMap(({ envoy, cluster }) =>
    cluster.endpoints
      .filter(({ host }) => serviceName(host, envoy.namespace ?? '') !== undefined)
      .map((endpoint) => ({ envoy, cluster, endpoint, service: chain.serviceAt(endpoint.host, envoy.namespace) })),
  );
}

const isByDns = ({ cluster }: Dialled) => cluster.discovery === 'strict-dns' || cluster.discovery === 'logical-dns';
const subjectOf = ({ envoy, cluster }: Dialled) => envoySubject(envoy, `cluster ${cluster.name}`, cluster.at);
const needsService = ({ endpoint }: Dialled) => `the Service that ${endpoint.host} means`;

export const clusterIpUpstream: Rule = {
  code: 'GLB001',
  level: 'error',
  title: 'Envoy dials a Service that has a cluster IP',
  harm:
    'DNS answers with one virtual address, so Envoy sees one host and keeps one HTTP/2 connection to it: one pod gets ' +
    'every call, whatever the number of pods',
  cure: 'dial a headless Service (clusterIP: None) that selects the same pods',
  sources: ['https://github.com/Kuadrant/authorino-operator/issues/362'],
  check: (chain) =>
    dialledServices(chain)
      .filter(isByDns)
      .map((dialled) => {
        const { endpoint, service } = dialled;
        if (service === undefined) return blind(subjectOf(dialled), needsService(dialled));
        if (service.isHeadless) return passed(subjectOf(dialled));
        if (service.type === 'ExternalName')
          return blind(subjectOf(dialled), `what ${endpoint.host} is another name for`);
        const mesh = meshOf(chain, dialled.envoy);
        // Its proxy sees calls, and spreads them over the pods behind a cluster IP.
        if (mesh !== undefined)
          return blind(subjectOf(dialled), `to know that ${mesh}, which its pods ask for, is there`);
        const says = `${endpoint.host} is ${service.object.label}, whose type is ${service.type} with a cluster IP`;
        return found(subjectOf(dialled), endpoint.at.get('address'), says);
      }),
};

function meshOf(chain: Chain, { pods }: Envoy): Mesh | undefined {
  return MESHES.find((mesh) => pods.some(({ workload }) => isMeshed(chain, workload, mesh) === true));
}

export const logicalDns: Rule = {
  code: 'GLB002',
  level: 'error',
  title: 'Envoy takes only the first address of a headless name',
  harm: 'LOGICAL_DNS keeps one address of all that DNS answers with: one pod gets every call until it goes',
  cure: 'type: STRICT_DNS, or envoy.cluster.dns with all_addresses_in_single_endpoint: false',
  sources: ['https://github.com/aws/aws-app-mesh-controller-for-k8s/pull/479'],
  check: (chain) =>
    dialledServices(chain)
      .filter(isByDns)
      .map((dialled) => {
        const { cluster, endpoint, service } = dialled;
        if (cluster.discovery === 'strict-dns') return passed(subjectOf(dialled));
        if (service === undefined) return blind(subjectOf(dialled), needsService(dialled));
        if (!service.isHeadless) return passed(subjectOf(dialled)); // one address is all there is: GLB001
        return found(subjectOf(dialled), cluster.discoveryAt, `${endpoint.host} is headless, and found by LOGICAL_DNS`);
      }),
};

export const headlessPort: Rule = {
  code: 'GLB005',
  level: 'error',
  title: 'Envoy dials a port that the pods do not listen on',
  harm: 'a headless name maps no ports, so calls go to the pods on the dialled number itself, and are refused',
  cure: "dial the containerPort (the Service's targetPort), not the Service's port",
  sources: ['https://github.com/kubernetes/kubernetes/issues/20488', 'https://github.com/istio/istio/issues/23675'],
  check: (chain) =>
    dialledServices(chain)
      .filter((dialled) => isByDns(dialled) && dialled.service?.isHeadless !== false)
      .map((dialled) => portObservation(chain, dialled)),
};

function portObservation(chain: Chain, dialled: Dialled): Observation {
  const { endpoint, service } = dialled;
  const subject = subjectOf(dialled);
  if (service === undefined) return blind(subject, needsService(dialled));
  if (endpoint.port === undefined) return blind(subject, `a port_value for ${endpoint.host}`);
  const pods = chain.podsOf(service);
  const ports = pods.flatMap(({ containers }) => containers.flatMap((container) => container.ports));
  if (ports.some(({ number }) => number === endpoint.port)) return passed(subject);
  // Containers may listen on ports that they do not list. A Service that maps this number to another one is proof.
  const mapped = service.ports.find(({ number }) => number === endpoint.port);
  const target = mapped && targetOf(mapped.target.value, ports);
  if (target !== undefined && target !== endpoint.port) {
    const says = `it dials ${endpoint.port}, which ${service.object.label} maps to port ${target} of the pods`;
    return found(subject, endpoint.at.get('port_value'), says);
  }
  if (pods.length === 0) return blind(subject, `the pods behind ${service.object.label}`);
  if (ports.length === 0) return blind(subject, `the container ports of ${pods.map((pod) => pod.object.label).join()}`);
  const numbers = ports.map(({ number }) => number).join(', ');
  const says = `it dials ${endpoint.port}; the pods behind ${service.object.label} have the container ports ${numbers}`;
  return found(subject, endpoint.at.get('port_value'), says);
}

function targetOf(
  target: unknown,
  ports: readonly { readonly name: string | undefined; readonly number: number }[],
): number | undefined {
  if (typeof target === 'number') return target;
  return ports.find(({ name }) => name === target)?.number;
}
