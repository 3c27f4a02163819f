// appProtocol: how gateways and meshes learn what a port of a Service speaks.
import type { Chain } from '../chain/chain';
import { diallersOf } from '../chain/dialler';
import { isGrpcPort } from '../chain/grpc';
import { GRPC_PROTOCOLS } from '../chain/grpc-sign';
import { hasLinkerd } from '../chain/mesh';
import type { Service, ServicePort } from '../chain/service';
import { found, type Observation, objectSubject, passed, type Rule } from './rule';

interface GrpcServicePort {
  readonly service: Service;
  readonly port: ServicePort;
}

function grpcServicePorts(chain: Chain): readonly GrpcServicePort[] {
  return chain.services.flatMap((service) =>
    service.ports.filter((port) => isGrpcPort(chain, service, port)).map((port) => ({ service, port })),
  );
}

const nameOf = ({ name, number }: ServicePort) => `port ${name ?? number}`;
/** TLS hides from everybody on the way what is spoken. */
const UNSEEN = ['https', 'tls', 'kubernetes.io/wss'];

export const wrongProtocol: Rule = {
  code: 'GLB008',
  level: 'error',
  title: 'A port that speaks gRPC is declared as something else',
  harm:
    'gateways and meshes that read appProtocol speak HTTP/1.1 to it, or pass bytes on: calls fail, or each connection ' +
    'stays on one pod',
  cure: 'appProtocol: kubernetes.io/h2c',
  sources: [
    'https://github.com/envoyproxy/gateway/issues/8648',
    'https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol',
  ],
  check: (chain) =>
    grpcServicePorts(chain).flatMap(({ service, port }): readonly Observation[] => {
      const subject = objectSubject(service.object);
      const declared = port.appProtocol?.toLowerCase();
      if (declared === undefined) {
        const route = httpRouteTo(chain, service, port);
        if (route === undefined) return [];
        const says = `${nameOf(port)} has no appProtocol, and ${route} sends to it, which is HTTP/1.1 then`;
        return [found(subject, port.at, says)];
      }
      if ([...GRPC_PROTOCOLS, ...UNSEEN].includes(declared)) return [passed(subject)];
      return [found(subject, port.at.get('appProtocol'), `${nameOf(port)} has appProtocol ${port.appProtocol}`)];
    }),
};

/** An HTTPRoute goes by appProtocol; a GRPCRoute says itself what is spoken. */
function httpRouteTo(chain: Chain, service: Service, port: ServicePort): string | undefined {
  const route = chain.ofKind('HTTPRoute').find(({ at, namespace }) =>
    at
      .get('spec', 'rules')
      .items()
      .flatMap((rule) => rule.get('backendRefs').items())
      .some(
        (backend) =>
          backend.get('name').value === service.object.name &&
          (backend.get('namespace').text() ?? namespace) === service.object.namespace &&
          backend.get('port').number() === port.number &&
          (backend.get('kind').text() ?? 'Service') === 'Service',
      ),
  );
  return route?.label;
}

export const missingProtocol: Rule = {
  code: 'GLB060',
  level: 'info',
  title: 'A gRPC port of a Service does not say what it speaks',
  harm:
    'a gateway or a mesh that is put in front of it later guesses, and takes it for HTTP/1.1 or for plain bytes: calls ' +
    'fail, or stay on one pod',
  cure: 'appProtocol: kubernetes.io/h2c',
  sources: [
    'https://github.com/DataDog/datadog-operator/pull/3208',
    'https://github.com/nginx/documentation/pull/2021',
  ],
  check: (chain) =>
    grpcServicePorts(chain).flatMap(({ service, port }): readonly Observation[] => {
      const subject = objectSubject(service.object);
      if (port.appProtocol !== undefined) return [passed(subject)];
      if (servesHttp1Too(chain, service, port)) return [];
      // Istio reads the name where there is no appProtocol.
      const hint = /^(grpc|http2)(-|$)/.test(port.name ?? '') ? ', only Istio reads its name' : '';
      return [found(subject, port.at, `${nameOf(port)} has no appProtocol${hint}`)];
    }),
};

/** Some Envoy calls the same port without HTTP/2: then neither word would be the whole truth. */
function servesHttp1Too(chain: Chain, service: Service, { number }: ServicePort): boolean {
  return diallersOf(chain, service).some(
    ({ cluster }) => cluster.http2 === undefined && cluster.endpoints.some(({ port }) => port === number),
  );
}

/** policy-controller/core of Linkerd; everything else is opaque to it. */
const LINKERD_PROTOCOLS = ['http', 'kubernetes.io/h2c'];

export const linkerdProtocol: Rule = {
  code: 'GLB009',
  level: 'error',
  title: 'Linkerd does not know the appProtocol of a gRPC port',
  harm:
    'Linkerd takes a port with an appProtocol that it does not know for opaque bytes and balances connections instead of ' +
    'calls: one pod gets all calls of a client',
  cure: 'appProtocol: kubernetes.io/h2c, which Linkerd, Istio and gateways all know',
  sources: [
    'https://github.com/linkerd/linkerd2/blob/main/policy-controller/grpc/src/outbound.rs',
    'https://linkerd.io/2/features/protocol-detection/',
  ],
  check: (chain) =>
    // Linkerd sends to the address that was asked for where there is no cluster IP, and balances nothing.
    (hasLinkerd(chain) ? grpcServicePorts(chain) : [])
      .filter(({ service, port }) => !service.isHeadless && port.appProtocol !== undefined)
      .map(({ service, port }) => {
        const subject = objectSubject(service.object);
        if (LINKERD_PROTOCOLS.includes(port.appProtocol ?? '')) return passed(subject);
        return found(subject, port.at.get('appProtocol'), `${nameOf(port)} has appProtocol ${port.appProtocol}`);
      }),
};
