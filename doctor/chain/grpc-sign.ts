// What in a manifest says that a port speaks gRPC: names and protocols of ports, and gRPC probes.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from './chain';
import type { Service, ServicePort } from './service';
import { portNumber, type Workload } from './workload';

export interface Evidence {
  /** Of the pods; undefined where nothing says it. */
  readonly port: number | undefined;
  readonly because: string;
}

/** Values of appProtocol that mean HTTP/2 or gRPC to those who read it. */
export const GRPC_PROTOCOLS = ['grpc', 'grpcs', 'h2c', 'http2', 'kubernetes.io/h2c', 'kubernetes.io/grpc'];
/** `grpc-web`, `grpc-gateway` and the like speak HTTP/1.1 as well. */
const GRPC_NAME = /(^|[-_.])grpc(?![-_.]?(web|ui|gateway|gw|https?|rest|json|admin|metrics)(?![a-z0-9]))/i;
const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'];

/** Of a port, or of a cluster of Envoy. */
export function isGrpcName(name: string | undefined): boolean {
  return name !== undefined && GRPC_NAME.test(name);
}

/** Whether a port of a Service declares gRPC itself. */
export function saysGrpc({ name, appProtocol }: ServicePort): boolean {
  return isGrpcName(name) || GRPC_PROTOCOLS.includes(appProtocol ?? '');
}

/** What manifests say of a workload's ports. */
export function manifestEvidence(chain: Chain, workload: Workload): readonly Evidence[] {
  return [...ownEvidence(workload), ...serviceEvidence(chain, workload)];
}

/** What says that a number at a Service is gRPC: a sentence, or undefined. @param dialled of the Service, or of its pods */
export function dialledEvidence(chain: Chain, service: Service, dialled: number | undefined): string | undefined {
  if (dialled === undefined) return undefined;
  const pods = chain.podsOf(service);
  const targets = (port: ServicePort) => pods.map(({ containers }) => portNumber(port.target, containers));
  const ports = service.ports.filter(
    (port) => port.number === dialled || port.target.value === dialled || targets(port).includes(dialled),
  );
  const named = ports.find(saysGrpc);
  if (named !== undefined) return `port ${named.number} of ${service.object.label} says so`;
  // A headless name leads to the number itself, whether the Service lists it or not.
  const numbers = [...ports.flatMap(targets), ...(service.isHeadless ? [dialled] : [])];
  const signs = pods.flatMap((workload) =>
    manifestEvidence(chain, workload)
      .filter(({ port }) => port !== undefined && numbers.includes(port))
      .map(({ because }) => `${workload.object.label}: ${because}`),
  );
  return signs[0];
}

function ownEvidence({ containers }: Workload): readonly Evidence[] {
  const named = containers
    .flatMap(({ ports }) => ports)
    .filter(({ name }) => isGrpcName(name))
    .map(({ name, number }) => ({ port: number, because: `its port is named ${name}` }));
  const probes = containers.flatMap(({ at }) => PROBES.map((kind) => at.get(kind)));
  const probed = probes
    .map((probe) => probe.get('grpc'))
    .filter(({ value }) => value !== undefined)
    .map((probe) => ({ port: probe.get('port').number(), because: 'it has a gRPC probe' }));
  return [...named, ...probed, ...probes.flatMap((probe) => askedPort(probe.get('exec', 'command')))];
}

/** Whether a probe asks for grpc.health.v1: the kubelet's own, or the program that was used before there was one. */
export function isHealthProbe(probe: Placed): boolean {
  return probe.get('grpc').value !== undefined || askedPort(probe.get('exec', 'command')).length > 0;
}

/** The program that was used before the kubelet had gRPC probes. */
function askedPort(command: Placed): readonly Evidence[] {
  const words = command.items().map(({ value }) => String(value));
  const text = words.join(' ');
  if (!/grpc[_-]health[_-]probe/.test(text)) return [];
  const port = /addr[=\s]+\S*:(\d+)/.exec(text)?.[1];
  return [{ port: port === undefined ? undefined : Number(port), because: 'grpc_health_probe asks it' }];
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
