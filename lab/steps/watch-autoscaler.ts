// Reads the chain from calls to pods once a second, link by link, while something happens: when Prometheus has read the
// pods, what it makes of that, what the custom metrics API says, and what the autoscalers do.
import type { RunContext } from '../experiment';
import type { System } from '../system/system';
import { meanwhile } from './meanwhile';

/** Of the servers: metric.name in grpc_server_k8s/hpa.yaml. */
export const SERVER_METRIC = 'grpc_requests_per_second';

export interface Watched {
  /** Also what each window of the adapter's query would say alone; default false. */
  readonly windows?: boolean;
}

export function watchingAutoscaler<T>(
  system: System,
  context: Pick<RunContext, 'pause'>,
  steps: () => Promise<T>,
  { windows = false }: Watched = {},
): Promise<T> {
  const alone = windows ? (['longest', 'shortest'] as const) : [];
  const readAll = () =>
    Promise.allSettled([
      system.scrapedAtMs(SERVER_METRIC, 'grpc-server'),
      system.queriedMetric(SERVER_METRIC, 'grpc-server'),
      ...alone.map((which) => system.windowedMetric(SERVER_METRIC, 'grpc-server', which)),
      system.customMetric(SERVER_METRIC, 'grpc-server'),
      system.autoscaler('grpc-server'),
      system.autoscaler('envoy'),
    ]);
  return meanwhile(context, readAll, { intervalMs: 1000 }, steps);
}
