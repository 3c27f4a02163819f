// The list of Envoy's metrics that dashboards and rules may use. It is written down by write-envoy-metric-names.ts from a
// running Envoy with the shipped configuration, and tests/local/envoy-metric-names.test.ts holds it against one.
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Family, type MetricType, parseExposition } from './exposition';

export interface EnvoyMetric extends Family {
  readonly name: string;
  /** Whether an Envoy shows it from its start on, or only once it has passed on a call. */
  readonly since: 'start' | 'calls';
}

export const ENVOY_METRIC_NAMES_FILE = path.join(__dirname, 'envoy-metric-names.txt');

const HEAD = `# The metrics of Envoy with envoy_proxy_k8s/configmap.yaml: name, type, labels, and whether they are there from the
# start or after the first call. Written by: node -r ts-node/register/transpile-only tests/support/write-envoy-metric-names.ts
`;

/** metric_relabel_configs of prometheus_k8s/prometheus-configmap.yaml. */
const DROPPED = /^[^#].*envoy_cluster_name="admin".*\n/gm;

/** What two scrapes of one Envoy say, sorted by name, without the series that Prometheus is told to drop. */
export function compareScrapes(atStart: string, afterCalls: string): EnvoyMetric[] {
  const early = parseExposition(atStart.replace(DROPPED, ''));
  return [...parseExposition(afterCalls.replace(DROPPED, ''))]
    .map(([name, family]): EnvoyMetric => ({ name, ...family, since: early.has(name) ? 'start' : 'calls' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function formatEnvoyMetrics(metrics: readonly EnvoyMetric[]): string {
  const lines = metrics.map(({ name, type, labels, since }) => [name, type, labels.join() || '-', since].join(' '));
  return `${HEAD}${lines.join('\n')}\n`;
}

export function readEnvoyMetrics(): EnvoyMetric[] {
  const lines = readFileSync(ENVOY_METRIC_NAMES_FILE, 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', type = '', labels = '', since = ''] = line.split(' ');
      return {
        name,
        type: type as MetricType,
        labels: labels === '-' ? [] : labels.split(','),
        since: since as EnvoyMetric['since'],
      };
    });
}
