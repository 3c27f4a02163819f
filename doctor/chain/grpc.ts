// Which pods serve gRPC, by evidence in the input only: names and protocols of ports, gRPC probes, and what Envoy dials with
// HTTP/2. A workload without any is no business of rules about gRPC.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from './chain';
import type { EnvoyCluster } from './envoy/cluster';
import type { Service, ServicePort } from './service';
import { type Container, portNumber, type Workload } from './workload';

export interface GrpcWorkload {
  readonly workload: Workload;
  /** What shows it, and on which port where that is known. */
  readonly evidence: readonly Evidence[];
}

export interface Evidence {
  readonly port: number | undefined;
  readonly because: string;
}

/** Values of appProtocol that mean HTTP/2 or gRPC to those who read it. */
export const GRPC_PROTOCOLS = ['grpc', 'grpcs', 'h2c', 'http2', 'kubernetes.io/h2c', 'kubernetes.io/grpc'];
/** gRPC-Web is HTTP/1.1 as well. */
const GRPC_NAME = /^grpc(?!-?web)/;
const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'];

export function isGrpcName(name: string | undefined): boolean {
  return name !== undefined && GRPC_NAME.test(name);
}

/** Many rules ask the same of one chain. */
const KNOWN = new WeakMap<Chain, readonly GrpcWorkload[]>();

export function grpcWorkloads(chain: Chain): readonly GrpcWorkload[] {
  const known = KNOWN.get(chain);
  if (known !== undefined) return known;
  const found = chain.workloads.flatMap((workload) => {
    const evidence = [...ownEvidence(workload), ...serviceEvidence(chain, workload), ...envoyEvidence(chain, workload)];
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

/** Envoy speaks HTTP/2 to it, or asks its health by gRPC. */
export function isGrpcCluster(cluster: EnvoyCluster): boolean {
  const checks = cluster.at.get('health_checks').items();
  return cluster.http2 !== undefined || checks.some((check) => check.get('grpc_health_check').value !== undefined);
}

function saysGrpc({ name, appProtocol }: ServicePort): boolean {
  return isGrpcName(name) || GRPC_PROTOCOLS.includes(appProtocol ?? '');
}

function ownEvidence({ containers }: Workload): readonly Evidence[] {
  const named = containers
    .flatMap(({ ports }) => ports)
    .filter(({ name }) => isGrpcName(name))
    .map(({ name, number }) => ({ port: number, because: `its port is named ${name}` }));
  const probed = containers
    .flatMap(({ at }) => PROBES.map((kind) => at.get(kind, 'grpc')))
    .filter(({ value }) => value !== undefined)
    .map((probe: Placed) => ({ port: probe.get('port').number(), because: 'it has a gRPC probe' }));
  const asked = containers.flatMap(({ at }) => PROBES.flatMap((kind) => askedPort(at.get(kind, 'exec', 'command'))));
  return [...named, ...probed, ...asked];
}

/** The program that was used before the kubelet had gRPC probes. */
function askedPort(command: Placed): readonly Evidence[] {
  const words = command.items().map(({ value }) => String(value));
  if (!words.some((word) => /grpc[_-]health[_-]probe/.test(word))) return [];
  const port = words.map((word) => /addr\b.*:(\d+)$|^[^/]*:(\d+)$/.exec(word)).find((found) => found !== null);
  return [{ port: port === undefined ? undefined : Number(port[1] ?? port[2]), because: 'grpc_health_probe asks it' }];
}

function serviceEvidence(chain: Chain, workload: Workload): readonly Evidence[] {
  return chain.servicesOf(workload).flatMap((service) =>
    service.ports.filter(saysGrpc).flatMap((port) => {
      const number = portNumber(port.target, workload.containers);
      // A name that only another workload of the Service has says nothing about this one.
      if (number === undefined) return [];
      return [{ port: number, because: `${service.object.label} has a gRPC port for it` }];
    }),
  );
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
