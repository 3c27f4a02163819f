// Which pods serve gRPC, by evidence in the input only: what manifests say, and what Envoy dials with HTTP/2. Rules about
// gRPC leave a workload without any alone.
import type { Chain } from './chain';
import { isGrpcCluster } from './envoy/cluster-calls';
import { type Evidence, manifestEvidence, saysGrpc } from './grpc-sign';
import type { Service, ServicePort } from './service';
import { type Container, portNumber, type Workload } from './workload';

export interface GrpcWorkload {
  readonly workload: Workload;
  /** What shows it, and on which port where that is known. */
  readonly evidence: readonly Evidence[];
}

/** Many rules ask the same of one chain. */
const KNOWN = new WeakMap<Chain, readonly GrpcWorkload[]>();

export function grpcWorkloads(chain: Chain): readonly GrpcWorkload[] {
  const known = KNOWN.get(chain);
  if (known !== undefined) return known;
  const found = chain.workloads.flatMap((workload) => {
    const evidence = [...manifestEvidence(chain, workload), ...envoyEvidence(chain, workload)];
    return evidence.length === 0 ? [] : [{ workload, evidence }];
  });
  KNOWN.set(chain, found);
  return found;
}

/** gRPC servers, and Envoys that pass gRPC on: what calls go through. */
export function callCarriers(chain: Chain): readonly Workload[] {
  const envoys = chain.envoys
    .filter(({ clusters }) => clusters.some(isGrpcCluster))
    .flatMap(({ pods }) => pods.map(({ workload }) => workload));
  return [...new Set([...grpcWorkloads(chain).map(({ workload }) => workload), ...envoys])];
}

/** The evidence of one workload; none for those that serve no gRPC. */
export function grpcEvidence(chain: Chain, workload: Workload): readonly Evidence[] {
  return grpcWorkloads(chain).find((each) => each.workload === workload)?.evidence ?? [];
}

/** Its containers that list a port with gRPC; none may mean that they list no ports. */
export function servingContainers(chain: Chain, workload: Workload): readonly Container[] {
  const ports = grpcEvidence(chain, workload).map(({ port }) => port);
  return workload.containers.filter((container) => container.ports.some(({ number }) => ports.includes(number)));
}

/** Whether a port of a Service leads to gRPC. */
export function isGrpcPort(chain: Chain, service: Service, port: ServicePort): boolean {
  if (saysGrpc(port)) return true;
  return chain.podsOf(service).some((workload) => {
    const target = portNumber(port.target, workload.containers);
    return target !== undefined && grpcEvidence(chain, workload).some((each) => each.port === target);
  });
}

function envoyEvidence(chain: Chain, workload: Workload): readonly Evidence[] {
  return chain.envoys.flatMap(({ namespace, clusters, label }) =>
    clusters.filter(isGrpcCluster).flatMap(({ endpoints, name }) =>
      endpoints.flatMap(({ host, port }) => {
        const service = chain.serviceAt(host, namespace);
        if (service === undefined || !chain.podsOf(service).includes(workload)) return [];
        const mapped = service.ports.find(({ number }) => number === port);
        const target = service.isHeadless || !mapped ? port : portNumber(mapped.target, workload.containers);
        return [{ port: target, because: `${label} dials it by cluster ${name}` }];
      }),
    ),
  );
}
