// Does every panel of every dashboard show something? Runs their queries against a Prometheus and names those that
// return nothing. How Prometheus is reached is the caller's matter.
import { panelQueries, readDashboards } from '../support/dashboards';

/** The result vector of Prometheus' `/api/v1/query` for `promql`. Rejects when Prometheus refuses the query. */
export type RunQuery = (promql: string) => Promise<readonly unknown[]>;

export interface EmptyPanel {
  /** `Autoscaling / Server: replicas / A` */
  readonly where: string;
  readonly promql: string;
  /** Why there is nothing to see. */
  readonly reason: string;
}

/** Runs all panels' queries, one after the other, and returns those that failed or have no value to show. */
export async function panelsWithoutData(run: RunQuery): Promise<EmptyPanel[]> {
  const empty: EmptyPanel[] = [];
  for (const query of readDashboards().flatMap(panelQueries)) {
    const promql = query.promql();
    const reason = await run(promql).then(whyEmpty, (thrown: unknown) => String(thrown));
    if (reason !== undefined) empty.push({ where: query.where, promql, reason });
  }
  return empty;
}

/** Asks the Prometheus at `baseUrl`, such as `http://127.0.0.1:9090`. */
export function prometheusAt(baseUrl: string): RunQuery {
  return async (promql) => {
    const body = new URLSearchParams({ query: promql });
    const response = await fetch(`${baseUrl}/api/v1/query`, { method: 'POST', body });
    const answer = (await response.json()) as { status: string; error?: string; data?: { result: unknown[] } };
    if (answer.status !== 'success') throw new Error(`Prometheus refused ${promql}: ${answer.error}`);
    return answer.data?.result ?? [];
  };
}

interface Sample {
  readonly value?: readonly [time: number, value: string];
}

function whyEmpty(result: readonly unknown[]): string | undefined {
  if (result.length === 0) return 'no series';
  // 0/0: a share of nothing, or a percentile of no calls. Grafana draws no point for it.
  if (result.every((sample) => (sample as Sample).value?.[1] === 'NaN')) return 'only NaN';
  return undefined;
}
