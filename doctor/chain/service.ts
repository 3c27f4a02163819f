// A Service, as those see it who dial its name.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { ManifestObject } from '../input/manifest-object';
import { type Labels, readLabels } from './workload';

export interface ServicePort {
  readonly name: string | undefined;
  readonly number: number;
  /** Number or name of the container's port; the Service's own number where it says nothing. */
  readonly target: Placed;
  readonly appProtocol: string | undefined;
  readonly at: Placed;
}

export interface Service {
  readonly object: ManifestObject;
  /** DNS has an address per pod, and maps no ports. */
  readonly isHeadless: boolean;
  readonly type: string;
  /** Empty where another controller writes its endpoints. */
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
  readonly at: Placed;
}

export function readService(object: ManifestObject): Service | undefined {
  if (object.kind !== 'Service') return undefined;
  const at = object.at.get('spec');
  const ports = at
    .get('ports')
    .items()
    .flatMap((port): readonly ServicePort[] => {
      const number = port.get('port').number();
      if (number === undefined) return [];
      const target = port.get('targetPort').value === undefined ? port.get('port') : port.get('targetPort');
      return [{ name: port.get('name').text(), number, target, appProtocol: port.get('appProtocol').text(), at: port }];
    });
  return {
    object,
    isHeadless: at.get('clusterIP').value === 'None',
    type: at.get('type').text() ?? 'ClusterIP',
    selector: readLabels(at.get('selector')),
    ports,
    at,
  };
}

export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * The Service that a DNS name means to a pod in `namespace`: `cart`, `cart.shop`, `cart.shop.svc`, or the same with the
 * cluster's domain. Undefined for addresses, and for names that no Service has.
 */
export function serviceName(host: string, namespace: string): ServiceName | undefined {
  const labels = host.replace(/\.$/, '').split('.');
  const [name, ownNamespace, svc] = labels;
  if (!name || labels.some((label) => !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label))) return undefined;
  if (/^\d+$/.test(labels.at(-1) ?? '')) return undefined;
  if (labels.length > 2 && svc !== 'svc') return undefined;
  return { name, namespace: ownNamespace ?? namespace };
}
