// A shipped dashboard for the user's services. One that stands alone in its namespace, as the greeter does, needs other presets
// only. Otherwise all panels follow the choice of Envoy's cluster: pods of others in the same namespace are left out, and a
// service without metrics is shown by what Envoy counts.

import { callCounter } from '../../prometheus-text/call-counters';
import { SHIPPED } from '../objects/shipped-files';
import { readCounter } from '../service/counter';
import { callsPerEnvoy } from '../service/envoy-load';
import { metricName } from '../service/names';
import type { Service } from '../service/service';
import { fillPanels, isIdle, isLoadBalancing } from './load-balancing';
import { envoySeries, followed, HEALTHY_PODS, loadByPod, loadOf, numberOf, podsOf } from './queries';
import { chooseAmong, editVariables, preset } from './variables';

/** @param json the text of a dashboard @throws Error when a query has a part that is not known here */
export function adaptDashboard(json: string, services: readonly Service[]): string {
  const [first] = services;
  if (first === undefined) return json;
  const isAlone = services.length === 1 && first.namespace === first.name && metricName(first) === SHIPPED.ownMetric;
  const chosen = isAlone ? json : followCluster(json, services);
  const presets = presetsOf(first, services);
  const names = [...new Set(services.map(metricName))].join(' or ');
  return editVariables(chosen, (name, block) => {
    const value = presets[name];
    if (name === 'cluster' && !isAlone) return chooseAmong(block, services.map(choiceOf));
    return value === undefined ? block : preset(block, value);
  }).replaceAll(new RegExp(`\\b${SHIPPED.ownMetric}\\b`, 'g'), names);
}

function choiceOf({ id, name }: Service) {
  return { text: name, value: id };
}

function presetsOf(first: Service, services: readonly Service[]): Readonly<Record<string, string | undefined>> {
  const { scaling, namespace, callers } = first;
  const counter = services.find((service) => service.scaling.counter !== undefined)?.scaling.counter;
  const { series, matchers } = readCounter(counter ?? '');
  return {
    ...(counter === undefined ? {} : variablesOf(series)),
    server_namespace: namespace,
    server_series: `${series}{${[`namespace="${namespace}"`, matchers].filter(Boolean).join(',')}}`,
    server_target: String(scaling.callsPerPod),
    server_least: String(scaling.minReplicas),
    server_most: String(scaling.maxReplicas),
    envoy_series: envoySeries(services),
    envoy_target: String(callsPerEnvoy(services)),
    cluster: first.id,
    client_namespace: callers.namespaces[0],
  };
}

/** What the variables about the servers' own numbers begin with; of a counter that no library has, its name is all. */
function variablesOf(series: string): Readonly<Record<string, string | undefined>> {
  const known = callCounter(series);
  if (known === undefined) return { metric: series };
  const { ended, methodLabel, codeLabel, histogram } = known;
  return { metric: ended, method_label: methodLabel, code_label: codeLabel, histogram };
}

const BY_POD = followed('sum by (pod) ', `\${server_series:raw}`);

function followCluster(shipped: string, services: readonly Service[]): string {
  const readers = {
    heard: services.filter(({ metrics }) => metrics !== undefined),
    silent: services.filter(({ metrics }) => metrics === undefined),
  };
  const isAboutSpread = isLoadBalancing(shipped);
  const json = isAboutSpread ? fillPanels(shipped, readers) : shipped;
  // Envoy knows a pod by its address alone.
  const hasAddresses = isAboutSpread ? readers.silent.length > 0 : json.includes('server_series');
  const parts: readonly (readonly [shipped: string, own: string])[] = [
    // Longest first: one is a part of the other.
    [`avg(${BY_POD})`, `${loadOf(services)} / ${HEALTHY_PODS}`],
    [`sum(${BY_POD})`, loadOf(services)],
    [BY_POD, loadByPod(services)],
    ['$server_target', numberOf(services, ({ scaling }) => scaling.callsPerPod)],
    ['$server_least', numberOf(services, ({ scaling }) => scaling.minReplicas)],
    ['$server_most', numberOf(services, ({ scaling }) => scaling.maxReplicas)],
    ...(json.includes('server_series') ? [['sum(up{namespace="$server_namespace"})', HEALTHY_PODS] as const] : []),
    ['namespace="$server_namespace"', podsOf(services)],
  ];
  const replaced = parts.reduce((text, [shipped, own]) => text.replaceAll(inJson(shipped), () => inJson(own)), json);
  const without = editVariables(replaced, (name, block) =>
    name.startsWith('server_') || isIdle(name, readers) ? '' : block,
  );
  const left = [...without.matchAll(/\$\{?(\w+)/g)].find(
    ([, name = '']) => /^server_/.test(name) || isIdle(name, readers),
  );
  if (left !== undefined) throw new Error(`expected a dashboard whose queries are known, got ${left[0]} in a new one`);
  return without
    .replaceAll(
      '"description": "Pods that answer Prometheus. Healthy: the number',
      '"description": "Pods. Healthy: the number',
    )
    .replaceAll('"legendFormat": "{{pod}}"', (legend) =>
      hasAddresses ? '"legendFormat": "{{pod}}{{envoy_endpoint_address}}"' : legend,
    )
    .replaceAll(/\{\{method\}\}\{\{grpc_method\}\}/g, (legend) => withLabels(legend, services, 'methodLabel'))
    .replaceAll(/server (?:\{\{\w+\}\})+/g, (legend) => withLabels(legend, services, 'codeLabel'))
    .replace('Healthy: p99 of SayHello below a millisecond. For Chat it is', 'Of a stream it is');
}

/** A legend that also has what the libraries of these services call the thing. */
function withLabels(legend: string, services: readonly Service[], kind: 'methodLabel' | 'codeLabel'): string {
  const series = services.map(({ scaling }) => readCounter(scaling.counter ?? '').series);
  const labels = [...new Set(series.map((name) => callCounter(name)?.[kind]))];
  return labels.reduce<string>(
    (text, label) => (label === undefined || text.includes(`{{${label}}}`) ? text : `${text}{{${label}}}`),
    legend,
  );
}

/** As it stands inside a string of JSON. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
