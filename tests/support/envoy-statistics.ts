// What an Envoy shows to Prometheus of its servers, written from a few numbers.
import assert from 'node:assert/strict';
import { readEnvoyMetrics } from './envoy-metric-names';

export interface EnvoyView {
  readonly total: number;
  readonly healthy: number;
  readonly excluded?: number;
  /** Health checks that passed since the start. */
  readonly passed?: number;
}

/** As /stats/prometheus writes it, with another cluster's series beside it. */
export function envoyStatistics({ total, healthy, excluded = 0, passed = 9 }: EnvoyView): string {
  const values = {
    membership_total: total,
    membership_healthy: healthy,
    membership_excluded: excluded,
    health_check_success: passed,
  };
  return Object.entries(values)
    .map(([name, value]) => {
      const series = `envoy_cluster_${name}`;
      assert.ok(
        readEnvoyMetrics().some((metric) => metric.name === series && metric.since === 'start'),
        series,
      );
      return `# TYPE ${series} gauge\n${series}{envoy_cluster_name="admin"} 1\n${series}{envoy_cluster_name="greeter"} ${value}\n`;
    })
    .join('');
}
