// Whether a Service selects the pods that listen on its ports, and no others.
import type { Chain } from '../chain/chain';
import { isGrpcPort } from '../chain/grpc';
import type { Service, ServicePort } from '../chain/service';
import { portNumber, type Workload } from '../chain/workload';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

interface GrpcService {
  readonly service: Service;
  readonly port: ServicePort;
  readonly pods: readonly Workload[];
}

function grpcServices(chain: Chain): readonly GrpcService[] {
  return chain.services
    .filter(({ selector }) => Object.keys(selector).length > 0)
    .flatMap((service) => {
      const port = service.ports.find((each) => isGrpcPort(chain, service, each));
      return port === undefined ? [] : [{ service, port, pods: chain.podsOf(service) }];
    });
}

export const wideSelector: Rule = {
  code: 'GLB020',
  level: 'error',
  title: 'A Service takes pods that do not serve its calls',
  harm: 'its name and its address lead to those pods as well: their share of the calls is refused',
  cure: 'a label in the selector that only the pods of the server have',
  sources: ['https://github.com/tektoncd/operator/pull/3228', 'https://github.com/helm/charts/pull/12929'],
  check: (chain) =>
    grpcServices(chain).map(({ service, port, pods }): Observation => {
      const subject = objectSubject(service.object);
      if (pods.length === 0) return blind(subject, 'the pods that it selects');
      const job = pods.find(({ object }) => object.kind === 'Job' || object.kind === 'CronJob');
      const servers = pods.filter((workload) => hasPort(workload, port));
      // Pods that list no port at all may listen all the same.
      const stranger = pods.find((workload) => !hasPort(workload, port) && listsPorts(workload));
      const wrong = job ?? stranger;
      if (servers.length === 0 || wrong === undefined || servers.includes(wrong)) return passed(subject);
      const says = `it selects ${wrong.object.label} too, which has no port ${port.target.value}`;
      return found(subject, service.at.get('selector'), says);
    }),
};

function hasPort({ containers }: Workload, { target }: ServicePort): boolean {
  const number = portNumber(target, containers);
  return containers.some(({ ports }) => ports.some((port) => port.number === number));
}

function listsPorts({ containers }: Workload): boolean {
  return containers.some(({ ports }) => ports.length > 0);
}

export const unknownTargetPort: Rule = {
  code: 'GLB069',
  level: 'error',
  title: 'A Service names a port that its pods do not have',
  harm: 'the Service has no endpoint for that port, so every call to it fails, while pods and Service look well',
  cure: 'one name in both: targetPort of the Service, and ports[].name of the container',
  sources: ['https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports'],
  check: (chain) =>
    chain.services
      .filter((service) => service.ports.some((port) => isGrpcPort(chain, service, port)))
      .flatMap((service) =>
        service.ports
          .filter((port) => port.target.text() !== undefined)
          .map((port): Observation => {
            const subject = objectSubject(service.object);
            const pods = chain.podsOf(service);
            if (pods.length === 0) return blind(subject, 'the pods that it selects');
            if (pods.some(({ containers }) => portNumber(port.target, containers) !== undefined))
              return passed(subject);
            const names = pods.flatMap(({ containers }) =>
              containers.flatMap(({ ports }) => ports.map(({ name }) => name)),
            );
            const has = names.filter((name) => name !== undefined).join(', ') || 'no named port';
            return found(
              subject,
              port.target,
              `targetPort is ${port.target.value}; ${pods[0]?.object.label} has ${has}`,
            );
          }),
      ),
};
