// Ingresses in front of gRPC: an Ingress has no field for what its backend speaks.

import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from '../chain/chain';
import { isGrpcPort } from '../chain/grpc';
import type { ManifestObject } from '../input/manifest-object';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

const NGINX = 'nginx.ingress.kubernetes.io/backend-protocol';

export const ingressProtocol: Rule = {
  code: 'GLB067',
  level: 'error',
  title: 'ingress-nginx speaks HTTP/1.1 to a gRPC server',
  harm: 'without a word about gRPC ingress-nginx takes every backend for HTTP/1.1: all calls through it fail',
  cure: `the annotation ${NGINX}: GRPC on an Ingress for gRPC alone`,
  sources: [
    'https://github.com/kubernetes/ingress-nginx/issues/2785',
    'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#backend-protocol',
  ],
  check: (chain) =>
    chain
      .ofKind('Ingress')
      .flatMap((ingress) => backends(ingress).flatMap((backend) => observation(chain, ingress, backend))),
};

function backends({ at }: ManifestObject): readonly Placed[] {
  const paths = at
    .get('spec', 'rules')
    .items()
    .flatMap((rule) => rule.get('http', 'paths').items())
    .map((path) => path.get('backend', 'service'));
  return [at.get('spec', 'defaultBackend', 'service'), ...paths].filter(({ value }) => value !== undefined);
}

function observation(chain: Chain, ingress: ManifestObject, backend: Placed): readonly Observation[] {
  const { namespace } = ingress;
  const service = chain.services.find(
    ({ object }) => object.name === backend.get('name').value && object.namespace === namespace,
  );
  const port = service?.ports.find(
    ({ name, number }) =>
      number === backend.get('port', 'number').number() || name === backend.get('port', 'name').text(),
  );
  if (service === undefined || port === undefined || !isGrpcPort(chain, service, port)) return [];
  const subject = objectSubject(ingress);
  const annotations = ingress.at.get('metadata', 'annotations');
  const declared = annotations.get(NGINX).text()?.toUpperCase();
  if (declared === 'GRPC' || declared === 'GRPCS') return [passed(subject)];
  const isNginx =
    [ingress.at.get('spec', 'ingressClassName').value, annotations.get('kubernetes.io/ingress.class').value].includes(
      'nginx',
    ) &&
    // The controller of the firm NGINX has the same class name, and annotations of its own.
    !annotations.entries().some(([key]) => key.startsWith('nginx.org/'));
  if (!isNginx && declared === undefined)
    return [blind(subject, 'which controller serves it, and how that learns of gRPC')];
  const says = declared === undefined ? `there is no ${NGINX}` : `${NGINX} is ${declared}`;
  return [found(subject, backend, `${says}, and ${service.object.label} has gRPC on port ${port.name ?? port.number}`)];
}
