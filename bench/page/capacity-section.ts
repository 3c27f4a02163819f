// How much one pod carries, and the target of an autoscaler that follows from it.
import { plainText, table } from '../../lab/report/markdown';
import { capacities, type Growth, target } from '../comparison/capacity';
import type { BenchRecord } from '../records/record';
import { CARRIED_P99_MS } from '../records/sample';
import { amount } from './numbers';

/** Room for 30 % more calls while a new pod starts: half a minute of a load that doubles in about 80 s. */
const GROWTH = 1.3;
/** minReplicas of grpc_server_k8s/hpa.yaml and envoy_proxy_k8s/hpa.yaml. */
const FEWEST: Readonly<Record<string, number>> = { ours: 3, envoy: 2 };

export function growthOf(row: string): Growth {
  return { fewestPods: FEWEST[row] ?? 2, growth: GROWTH };
}

export function capacitySection(record: BenchRecord): readonly string[] {
  const found = capacities(record);
  if (found.length === 0) return [];
  const rows = found.map(({ id, label, callsPerSecond, low, high, blocks }) => [
    plainText(label),
    `${amount(callsPerSecond)} (${amount(low)} to ${amount(high)} in ${blocks} blocks)`,
    amount(target(callsPerSecond, growthOf(id))),
  ]);
  return [
    `A pod carries a rate if no call fails and the p99 stays at ${CARRIED_P99_MS} ms or below, from when each call was due. Rates rise`,
    'until one misses twice in a row. Each pod here had one whole CPU of this machine; one with half a CPU carries half.',
    '',
    ...table(['row', 'calls/s that one pod carries', 'target per pod'], rows),
    '',
    `**Which target to set.** Take what one pod of *your* service carries on *your* nodes, and leave room for two things at once:`,
    'the loss of a pod, whose calls fall on the others, and growth while a new pod starts. With n pods at least and growth g that',
    `is capacity × (n − 1) ÷ n ÷ g. The column has it for the shipped ${FEWEST.ours} servers and ${FEWEST.envoy} Envoys and g = ${GROWTH}. The shipped target`,
    'of 0.3 calls/s per pod is there to watch an autoscaler work with a handful of calls: do not copy it. `adopt --calls-per-pod`',
    'writes yours; [autoscaling.md](autoscaling.md) has the rules.',
  ];
}
