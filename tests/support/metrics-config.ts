// The configuration of the metrics chain in ConfigMaps, as types: Prometheus' configuration, the adapter's rules.
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { HELM_FILE, OTHER_SERVERS_FILE, one, parseKey, ROOT } from './read-manifests';

export interface AdapterRule {
  readonly seriesQuery: string;
  readonly resources: { readonly overrides: Readonly<Record<string, { readonly resource: string }>> };
  readonly name: { readonly as: string };
  readonly metricsQuery: string;
}

export interface Job {
  readonly job_name: string;
  readonly honor_labels?: boolean;
  readonly kubernetes_sd_configs?: readonly {
    readonly role: string;
    readonly namespaces: { names: readonly string[] };
  }[];
  readonly relabel_configs?: readonly {
    readonly source_labels: readonly string[];
    readonly target_label?: string;
    readonly regex?: string;
    readonly action?: string;
  }[];
}

export interface PrometheusConfig {
  readonly global: Readonly<Record<string, string | number>>;
  job(name: string): Job;
}

export function prometheusConfig(): PrometheusConfig {
  const { global, scrape_configs: jobs } = parseKey(
    one('ConfigMap', 'prometheus', 'prometheus-config'),
    'prometheus.yml',
  ) as { readonly global: PrometheusConfig['global']; readonly scrape_configs: readonly Job[] };
  return {
    global,
    job: (name) => {
      const found = jobs.find(({ job_name }) => job_name === name);
      if (found === undefined) throw new Error(`prometheus.yml: expected a job ${name}`);
      return found;
    },
  };
}

export function adapterRules(): readonly AdapterRule[] {
  const map = one('ConfigMap', 'prometheus', 'prometheus-adapter-config');
  return (parseKey(map, 'config.yaml') as { rules: readonly AdapterRule[] }).rules;
}

/** Rules whose metric is of pods, one value each; the others are of a Service. */
export function podRules(): readonly AdapterRule[] {
  return adapterRules().filter(({ resources }) => 'pod' in resources.overrides);
}

/** Rules for servers that count their calls by a library; nothing applies them. */
export function otherServersRules(): readonly AdapterRule[] {
  return (parse(readFileSync(path.join(ROOT, OTHER_SERVERS_FILE), 'utf8')) as { rules: readonly AdapterRule[] }).rules;
}

/** The values that people give to Helm in place of our adapter-*.yaml. */
export function helmValues(): {
  readonly prometheus: { readonly url: string; readonly port: number };
  readonly metricsRelistInterval: string;
  readonly rules: { readonly default: boolean; readonly custom: readonly AdapterRule[] };
} {
  return parse(readFileSync(path.join(ROOT, HELM_FILE), 'utf8'));
}
