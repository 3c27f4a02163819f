// Everything that a call and its metrics go through, as far as the input has it. Rules ask this and nothing else.
import { ManifestError } from '../../manifest-reader/fields';
import type { ManifestObject } from '../input/manifest-object';
import type { Input } from '../input/read-input';
import type { Envoy } from './envoy/envoy';
import { findEnvoys } from './envoy/find-envoys';
import { readService, type Service, serviceName } from './service';
import { readWorkload, selects, type Workload } from './workload';

export interface Chain {
  readonly objects: readonly ManifestObject[];
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  readonly envoys: readonly Envoy[];
  ofKind(...kinds: readonly string[]): readonly ManifestObject[];
  /** The workloads whose pods a Service selects. None may mean that they are in another file. */
  podsOf(service: Service): readonly Workload[];
  servicesOf(workload: Workload): readonly Service[];
  /** The Service that `host` means to a pod in `namespace`; undefined may mean that it is in another file. */
  serviceAt(host: string, namespace: string | undefined): Service | undefined;
}

/** @throws ManifestError with every text that should be a configuration of Envoy, and cannot be read */
export function readChain({ objects, bootstraps }: Pick<Input, 'objects' | 'bootstraps'>): Chain {
  const workloads = objects.map(readWorkload).filter((workload) => workload !== undefined);
  const services = objects.map(readService).filter((service) => service !== undefined);
  const problems: string[] = [];
  const envoys = findEnvoys(objects, bootstraps, workloads, (problem) => problems.push(problem));
  if (problems.length > 0) throw new ManifestError(problems);
  const isBehind = (service: Service, { object, podLabels }: Workload) =>
    service.object.namespace === object.namespace && selects(service.selector, podLabels);
  return {
    objects,
    workloads,
    services,
    envoys,
    ofKind: (...kinds) => objects.filter(({ kind }) => kinds.includes(kind)),
    podsOf: (service) => workloads.filter((workload) => isBehind(service, workload)),
    servicesOf: (workload) => services.filter((service) => isBehind(service, workload)),
    serviceAt: (host, namespace) => {
      const wanted = serviceName(host, namespace ?? '');
      if (wanted === undefined) return undefined;
      const named = services.filter(({ object }) => object.name === wanted.name);
      // Where nothing says in which namespace Envoy runs, a short name means the only Service of that name.
      if (wanted.namespace === '') return named.length === 1 ? named[0] : undefined;
      const here = named.find(({ object }) => object.namespace === wanted.namespace);
      const anywhere = named.filter(({ object }) => !object.hasNamespace);
      return here ?? (anywhere.length === 1 ? anywhere[0] : undefined);
    },
  };
}
