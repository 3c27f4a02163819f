// The rules, in the order of their codes.
import { clusterIpUpstream, headlessPort, logicalDns } from './cluster-targets';
import { bothAddressFamilies, cutAfterFifteenSeconds, cutWhenQuiet, tooManyPings } from './cut-calls';
import { answersEject, ejectsNone, silentPanic } from './ejected-hosts';
import { openAdmin } from './envoy-admin';
import { endlessConnections, undrainedEnvoy } from './envoy-leaving';
import { bytesToGrpc, http1Upstream, loadBalancerService } from './grpc-clusters';
import {
  checksWaitForTraffic,
  healthKeepsRemovedHosts,
  refreshOutlivesDrain,
  slowLookups,
  unwatchedHosts,
} from './host-removal';
import { retriedTwice, starvedRetries } from './retried-calls';
import type { Rule } from './rule';
import { replicasBesideAutoscaler } from './scaled-replicas';
import { roundRobinWorkers } from './worker-turns';

export const RULES: readonly Rule[] = [
  clusterIpUpstream,
  logicalDns,
  http1Upstream,
  bytesToGrpc,
  headlessPort,
  replicasBesideAutoscaler,
  refreshOutlivesDrain,
  healthKeepsRemovedHosts,
  starvedRetries,
  retriedTwice,
  openAdmin,
  undrainedEnvoy,
  roundRobinWorkers,
  endlessConnections,
  loadBalancerService,
  unwatchedHosts,
  checksWaitForTraffic,
  cutAfterFifteenSeconds,
  cutWhenQuiet,
  silentPanic,
  bothAddressFamilies,
  answersEject,
  ejectsNone,
  tooManyPings,
  slowLookups,
];
