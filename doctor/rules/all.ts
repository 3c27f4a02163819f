// The rules, in the order of their codes.
import { clusterIpUpstream, headlessPort, logicalDns } from './cluster-targets';
import type { Rule } from './rule';
import { replicasBesideAutoscaler } from './scaled-replicas';
import { roundRobinWorkers } from './worker-turns';

export const RULES: readonly Rule[] = [
  clusterIpUpstream,
  logicalDns,
  headlessPort,
  replicasBesideAutoscaler,
  roundRobinWorkers,
];
