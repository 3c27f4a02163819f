// Calls as Envoys count them, for clients that write no ledger: all that a listener took, and for each server how many it
// answered. Envoy counts an answer with a gRPC status that HTTP has as 5xx as a failed one. Health checks are in none of
// these numbers.
import { samplesOf } from '../../prometheus-text/samples';
import { greeterStatistic } from './envoy-statistics';

export interface CallCounts {
  /** Calls that have ended, whatever became of them. */
  readonly calls: number;
  /** How often a server was asked. */
  readonly attempts: number;
  /** Answers by the address of the server. */
  readonly answers: ReadonlyMap<string, number>;
}

export interface CountedCluster {
  /** The cluster's name in the statistics. */
  readonly name: string;
  /** Prefixes of the listeners that lead there. */
  readonly listeners: readonly string[];
}

/** What one Envoy shows: `/stats/prometheus`, and `/clusters` of the admin endpoint. */
export interface EnvoyTexts {
  readonly statistics: string;
  readonly clusters: string;
}

export function readCallCounts({ statistics, clusters }: EnvoyTexts, { name, listeners }: CountedCluster): CallCounts {
  const ended = samplesOf(statistics, 'envoy_http_downstream_rq_completed');
  const ofListeners = ended.filter(({ labels }) => listeners.includes(labels.envoy_http_conn_manager_prefix ?? ''));
  return {
    calls: ofListeners.reduce((sum, { value }) => sum + value, 0),
    attempts: greeterStatistic(statistics, 'upstream_rq_total', name) ?? 0,
    answers: answersByHost(clusters, name),
  };
}

/**
 * Remembers how far each Envoy had counted. What it returns is new since then; a counter that went back has begun anew, as
 * one does for a server that left and came again.
 */
export function createCallCounter(): (envoy: string, now: CallCounts) => CallCounts {
  const seen = new Map<string, CallCounts>();
  return (envoy, now) => {
    const before = seen.get(envoy);
    seen.set(envoy, now);
    return {
      calls: since(now.calls, before?.calls),
      attempts: since(now.attempts, before?.attempts),
      answers: new Map([...now.answers].map(([host, count]) => [host, since(count, before?.answers.get(host))])),
    };
  };
}

function since(now: number, before = 0): number {
  return now >= before ? now - before : now;
}

/** A line is `CLUSTER::ADDRESS:PORT::NAME::VALUE`. */
function answersByHost(clusters: string, cluster: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of clusters.split('\n')) {
    const [of, host = '', what, value] = line.split('::');
    if (of === cluster && what === 'rq_success') counts.set(host.replace(/:\d+$/, ''), Number(value));
  }
  return counts;
}
