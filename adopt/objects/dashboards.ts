// grafana_k8s/ for the user's service: the shipped dashboards, with its names and numbers in their queries.
import { parseQuantity } from '../../manifest-reader/autoscaler';
import { metricName } from '../service/names';
import type { Service } from '../service/service';
import type { YamlText } from '../yaml-text/yaml-text';
import { TARGET } from './envoy-folder';
import { SHIPPED, type ShippedFiles } from './shipped-files';

const FOLDER = 'grafana_k8s';

export function grafanaFolder(shipped: ShippedFiles, services: readonly Service[]): readonly YamlText[] {
  return shipped.filesIn(FOLDER).map((file) => {
    const text = shipped.open(file);
    const [service] = services;
    if (service === undefined || !file.startsWith(`${FOLDER}/dashboard-`)) return text;
    const keys = Object.keys(text.value(['data']) as object).filter((key) => key.endsWith('.json'));
    for (const key of keys)
      text.setBlock(['data', key], adaptDashboard(shipped, String(text.value(['data', key])), service));
    return text;
  });
}

/** @param json the text of a dashboard; only words in it change, so that its layout stays */
function adaptDashboard(shipped: ShippedFiles, json: string, service: Service): string {
  const server = boundsIn(shipped.open(`${SHIPPED.folder}/hpa.yaml`));
  const envoy = boundsIn(shipped.open('envoy_proxy_k8s/hpa.yaml'));
  let panel = '';
  return json
    .split('\n')
    .map((line) => {
      panel = /"title": "([^"]*)"/.exec(line)?.[1] ?? panel;
      if (panel.startsWith('Envoy:')) {
        return renumber(rename(line, service), envoy, { ...envoy, target: service.scaling.callsPerPod });
      }
      if (!panel.startsWith('Server:')) return rename(line, service);
      const counted = service.scaling.counter === undefined ? countedByEnvoy(line, service) : line;
      return renumber(rename(counted, service), server, boundsOf(service));
    })
    .join('\n');
}

interface Bounds {
  readonly target: number;
  readonly min: number;
  readonly max: number;
}

function boundsIn(autoscaler: YamlText): Bounds {
  return {
    target: parseQuantity(String(autoscaler.value(TARGET))),
    min: Number(autoscaler.value(['spec', 'minReplicas'])),
    max: Number(autoscaler.value(['spec', 'maxReplicas'])),
  };
}

function boundsOf({ scaling }: Service): Bounds {
  return { target: scaling.callsPerPod, min: scaling.minReplicas, max: scaling.maxReplicas };
}

function rename(line: string, service: Service): string {
  const series = /^[^{]+/.exec(service.scaling.counter ?? '')?.[0];
  const [callers = SHIPPED.client] = service.callers.namespaces;
  const method = service.services.flatMap(({ methods }) => methods).find(({ kind }) => kind !== 'stream')?.name;
  const text = line
    .replaceAll(`namespace=\\"${SHIPPED.namespace}\\"`, `namespace=\\"${service.namespace}\\"`)
    .replaceAll(`namespace=\\"${SHIPPED.client}\\"`, `namespace=\\"${callers}\\"`)
    .replaceAll(CLUSTER, `envoy_cluster_name=\\"${service.id}\\"`)
    .replaceAll(`cluster ${SHIPPED.cluster}`, `cluster ${service.id}`)
    .replaceAll('method=\\"SayHello\\"', `method=\\"${method ?? 'SayHello'}\\"`)
    .replaceAll(/\bgrpc_requests_per_second\b/g, metricName(service));
  return series === undefined ? text : text.replaceAll(/\bgrpc_requests_total\b/g, series);
}

const CLUSTER = `envoy_cluster_name=\\"${SHIPPED.cluster}\\"`;
const PODS = `namespace=\\"${SHIPPED.namespace}\\"`;
const LOAD_BY_POD = `sum by (pod) (rate(grpc_requests_total{${PODS}}[30s]))`;
const ENVOYS = `{namespace=\\"${SHIPPED.envoy}\\",${CLUSTER}}`;

/** The load and the pods of a server without metrics, as the Envoys before it know them: all pods together. */
function countedByEnvoy(line: string, service: Service): string {
  const pods = `max(envoy_cluster_membership_healthy${ENVOYS})`;
  const load = `sum(rate(envoy_cluster_upstream_rq_total${ENVOYS}[30s]))`;
  return line
    .replaceAll(`sum(${LOAD_BY_POD})`, load)
    .replaceAll(LOAD_BY_POD, `${load} / ${pods}`)
    .replaceAll(`sum(up{${PODS}})`, pods)
    .replaceAll('{{pod}}', `pods of ${service.name}`);
}

/** The numbers of the autoscaler where a query or an axis has them. */
function renumber(line: string, from: Bounds, to: Bounds): string {
  const named: Readonly<Record<string, number>> = { target: to.target, least: to.min, most: to.max };
  return line
    .replace(/\/ [\d.]+\), \d+, \d+\)/, `/ ${to.target}), ${to.min}, ${to.max})`)
    .replace(/vector\([\d.]+\)(?=", "legendFormat": "(\w+)")/, (found, legend) => {
      return named[legend] === undefined ? found : `vector(${named[legend]})`;
    })
    .replace(/"expr": "[\d.]+ \* /, `"expr": "${to.target} * `)
    .replace(/"max": (\d+)/, (_, most) => `"max": ${Number(most) - from.max + to.max}`);
}
