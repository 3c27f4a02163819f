// Reports, while a stack runs, what its Envoys do not report: that DNS names no server, or that no server passes
// its health check, so that calls go to all. `deploy-all.sh --status` says the same of a cluster (envoy-view.sh).
import { delay } from '../../runtime/lifecycle';
import { greeterStatistic } from './envoy-statistics';

export interface EnvoyViewOptions {
  /** Names and addresses of the Envoys that take calls now. */
  readonly envoys: () => readonly { readonly name: string; readonly address: string }[];
  /** What its statistics call the cluster of the servers; default is `greeter`. */
  readonly cluster?: string;
  /** What an Envoy shows to Prometheus. May reject. */
  readonly statistics: (address: string) => Promise<string>;
  /** Called when what there is to say of an Envoy has changed. */
  readonly say: (envoy: string, text: string) => void;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Between two looks, ms; default 1000. */
  readonly everyMs?: number;
}

/** Resolves when `signal` aborts. Never rejects. */
export async function watchEnvoys(options: EnvoyViewOptions): Promise<void> {
  const { envoys, cluster, statistics, say, signal, everyMs = 1000 } = options;
  const said = new Map<string, string>();
  while (!signal.aborted) {
    for (const { name, address } of envoys()) {
      // An Envoy that is leaving does not answer, which is normal.
      const text = await statistics(address).catch(() => undefined);
      if (text === undefined || signal.aborted) continue;
      const trouble = describeTrouble(text, cluster);
      const before = said.get(name);
      if (trouble === before) continue;
      if (trouble !== undefined) said.set(name, trouble);
      else said.delete(name);
      say(name, trouble ?? 'servers are healthy again');
    }
    await delay(everyMs, signal);
  }
}

/** A sentence where an Envoy has no server that is well; undefined where it has. */
export function describeTrouble(statistics: string, cluster?: string): string | undefined {
  const value = (name: string) => greeterStatistic(statistics, name, cluster);
  const total = value('membership_total');
  if (total === undefined || value('membership_healthy') !== 0) return undefined;
  if (total === 0) return 'no addresses behind the name of the servers: every call fails';
  if (value('membership_excluded') === total) return undefined;
  const why =
    value('health_check_success') === 0 ? '; no health check ever passed: a wrong port, or no grpc.health.v1?' : '';
  return `0 of ${total} servers healthy, calls go to all of them (panic)${why}`;
}
