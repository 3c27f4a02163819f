// prometheus.io annotations: whether Prometheus, which goes by them, finds the metrics of the pods.

import type { Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from '../chain/chain';
import { mayListenOn } from '../chain/listening';
import { portNumber, WORKLOAD_KINDS, type Workload } from '../chain/workload';
import { blind, found, type Observation, objectSubject, passed, type Rule } from './rule';

const SCRAPE = 'prometheus.io/scrape';
const PORT = 'prometheus.io/port';
const PATH = 'prometheus.io/path';

export const scrapeAnnotations: Rule = {
  code: 'GLB015',
  level: 'warning',
  title: 'Annotations send Prometheus where the pods have no metrics',
  harm: 'there are no series of these pods: autoscalers that go by them never add a pod, and no dashboard shows how calls are spread',
  cure: 'put the annotations on the pod template, with the number of the container port and the path of the metrics',
  sources: [
    'https://github.com/apache/pulsar-helm-chart/issues/547',
    'https://github.com/kuberhealthy/kuberhealthy/pull/869',
  ],
  check: (chain) => chain.workloads.flatMap((workload) => scrapeObservations(chain, workload)),
};

function scrapeObservations(chain: Chain, workload: Workload): readonly Observation[] {
  const annotations = workload.podMetadata.get('annotations');
  const subject = objectSubject(workload.object);
  if (!isYes(annotations.get(SCRAPE))) {
    const own = workload.object.at.get('metadata', 'annotations', SCRAPE);
    const isMisplaced = isYes(own) && workload.object.kind !== 'Pod' && WORKLOAD_KINDS.includes(workload.object.kind);
    if (!isMisplaced || annotations.get(SCRAPE).value !== undefined) return [];
    // A Service may carry them for the same pods.
    const services = chain.servicesOf(workload).map(({ object }) => object.at.get('metadata', 'annotations', SCRAPE));
    if (services.some(isYes)) return [];
    return [found(subject, own, `${SCRAPE} stands on the ${workload.object.kind}, which Prometheus does not read`)];
  }
  const port = annotations.get(PORT);
  // Without a port Prometheus asks every container port.
  if (port.value === undefined) return [passed(subject)];
  const number = port.number();
  if (number === undefined) {
    return [blind(subject, `what Prometheus makes of ${PORT}: ${port.value}, which is no number`)];
  }
  return [portObservation(chain, workload, number, port), ...pathObservations(chain, workload, number)];
}

function isYes(at: Placed): boolean {
  return String(at.value) === 'true';
}

function portObservation(chain: Chain, workload: Workload, number: number, at: Placed): Observation {
  const subject = objectSubject(workload.object);
  if (mayListenOn(workload, number)) return passed(subject);
  for (const service of chain.servicesOf(workload)) {
    const mapped = service.ports.find((port) => port.number === number);
    const target = mapped && portNumber(mapped.target, workload.containers);
    if (target !== undefined && target !== number) {
      const says = `${PORT} is ${number}, a port of ${service.object.label}; the pods have ${target} for it`;
      return found(subject, at, says);
    }
  }
  return blind(subject, `whether its containers listen on ${number}, which none of them lists`);
}

/** Envoy's own paths are known: /stats/prometheus on the port of admin, and those of its routes on a listener. */
function pathObservations(chain: Chain, workload: Workload, port: number): readonly Observation[] {
  const annotations = workload.podMetadata.get('annotations');
  const path = annotations.get(PATH).text() ?? '/metrics';
  const subject = objectSubject(workload.object);
  const at = annotations.get(annotations.get(PATH).value === undefined ? PORT : PATH);
  return chain.envoys
    .filter(({ pods }) => pods.some((pod) => pod.workload === workload))
    .flatMap(({ bootstrap }): readonly Observation[] => {
      if (bootstrap.get('admin', 'address', 'socket_address', 'port_value').number() !== port) return [];
      if (path.startsWith('/stats')) return [passed(subject)];
      return [found(subject, at, `the path is ${path}, and Envoy's admin has its metrics at /stats/prometheus`)];
    });
}
