// Probes of gRPC pods: what decides whether they get calls, and whether they live.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from '../chain/chain';
import { grpcWorkloads, servingContainers } from '../chain/grpc';
import { mayListenOn } from '../chain/listening';
import type { Container, Workload } from '../chain/workload';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** What runs for good: pods of Jobs get no calls. */
function servers(chain: Chain): readonly Workload[] {
  return grpcWorkloads(chain)
    .map(({ workload }) => workload)
    .filter(({ object }) => object.kind !== 'Job' && object.kind !== 'CronJob');
}

export const missingReadiness: Rule = {
  code: 'GLB022',
  level: 'warning',
  title: 'gRPC pods count as ready as soon as their process runs',
  harm: 'a name or an address leads to pods that do not listen yet: at each roll and scale-up calls are refused',
  cure: 'readinessProbe: { grpc: { port: N } }, answered by the standard health service',
  sources: [
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-grpc-liveness-probe',
    'https://github.com/grpc/grpc/blob/master/doc/health-checking.md',
  ],
  check: (chain) =>
    servers(chain)
      .filter((workload) => chain.servicesOf(workload).length > 0)
      .map((workload) => {
        const subject = objectSubject(workload.object);
        const listing = servingContainers(chain, workload);
        const serving = listing.length > 0 ? listing : workload.containers;
        const bare = serving.find(({ at }) => at.get('readinessProbe').value === undefined);
        if (bare === undefined) return passed(subject);
        // One probe anywhere in the pod makes its readiness mean something, and may be about the server.
        const isProbed = workload.containers.some(({ at }) => at.get('readinessProbe').value !== undefined);
        if (isProbed) return passed(subject);
        return found(subject, bare.at, `container ${bare.name} has no readinessProbe`);
      }),
};

export const equalProbes: Rule = {
  code: 'GLB023',
  level: 'warning',
  title: 'Readiness and liveness ask the same gRPC health',
  harm:
    'a server that says NOT_SERVING for a while, because it is overloaded or waits for something, is restarted instead of ' +
    'left alone: the calls that it still serves fail, and the others get its share',
  cure: 'a service name of its own for liveness that stays SERVING, or a tcpSocket probe',
  sources: [
    'https://github.com/livekit/livekit-helm/issues/116',
    'https://github.com/grpc-ecosystem/grpc-health-probe/issues/8',
    'https://github.com/kubernetes/kubernetes/issues/115651',
  ],
  check: (chain) =>
    servers(chain).flatMap((workload) =>
      workload.containers.flatMap(({ name, at }): readonly Observation[] => {
        const [ready, alive] = [question(at.get('readinessProbe')), question(at.get('livenessProbe'))];
        if (ready === undefined || alive === undefined) return [];
        const subject = objectSubject(workload.object);
        if (ready !== alive) return [passed(subject)];
        return [found(subject, at.get('livenessProbe'), `both probes of container ${name} ask ${alive}`)];
      }),
    ),
};

/** What a gRPC probe asks, the kubelet's own or the well-known program's; undefined for other probes. */
function question(probe: Placed): string | undefined {
  const grpc = probe.get('grpc');
  if (grpc.value !== undefined) {
    const service = grpc.get('service').text() ?? '';
    return `port ${grpc.get('port').value}, ${service === '' ? 'the whole server' : `service ${service}`}`;
  }
  const words = probe
    .get('exec', 'command')
    .items()
    .map(({ value }) => String(value));
  if (!words.some((word) => /grpc[_-]health[_-]probe/.test(word))) return undefined;
  // How long it waits changes nothing about what it asks.
  return words.filter((word) => !/^-?-(connect|rpc)-timeout/.test(word)).join(' ');
}

export const probePort: Rule = {
  code: 'GLB024',
  level: 'error',
  title: 'A probe asks a port that its container does not have',
  harm:
    'the probe never succeeds: the pod gets no calls, or is restarted again and again; the API server refuses a gRPC probe ' +
    'whose port is a name',
  cure: 'the number of a container port; for httpGet and tcpSocket the name of a port of the same container will do',
  sources: [
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port',
  ],
  check: (chain) =>
    servers(chain).flatMap((workload) =>
      workload.containers.flatMap((container) => PROBES.flatMap((kind) => probeObservation(workload, container, kind))),
    ),
};

function probeObservation(workload: Workload, container: Container, kind: string): readonly Observation[] {
  const probe = container.at.get(kind);
  const way = ['grpc', 'httpGet', 'tcpSocket'].find((each) => probe.get(each).value !== undefined);
  if (way === undefined) return [];
  const port = probe.get(way, 'port');
  const subject = objectSubject(workload.object);
  const name = typeof port.value === 'string' ? port.value : undefined;
  if (name !== undefined) {
    if (way === 'grpc')
      return [found(subject, port, `the ${kind} has port ${name}, and gRPC probes take a number only`)];
    if (/^\d+$/.test(name) || container.ports.some((each) => each.name === name)) return [passed(subject)];
    return [found(subject, port, `the ${kind} asks port ${name}, which container ${container.name} does not have`)];
  }
  const number = port.number();
  const listsPorts = workload.containers.some(({ ports }) => ports.length > 0);
  if (number === undefined || !listsPorts || mayListenOn(workload, number)) return [passed(subject)];
  return [blind(subject, `whether it listens on ${port.value}, the port of its ${kind}, which no container lists`)];
}
