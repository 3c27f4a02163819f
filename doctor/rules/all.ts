// The rules, in the order of their codes.
import { linkerdProtocol, missingProtocol, wrongProtocol } from './app-protocol';
import { unmadeMetric, unsetLabels } from './autoscaler-metrics';
import { hastyScaleDown, unreachableTarget } from './autoscaler-pace';
import { missingRequests, missingTarget, sharedSelector } from './autoscaler-targets';
import { clusterIpUpstream, headlessPort, logicalDns } from './cluster-targets';
import { countedHealthChecks } from './counted-health-checks';
import { bothAddressFamilies, cutAfterFifteenSeconds, cutWhenQuiet, tooManyPings } from './cut-calls';
import { blockingBudget, missingBudget, twoBudgets } from './disruption-budgets';
import { answersEject, ejectsNone, silentPanic } from './ejected-hosts';
import { openAdmin } from './envoy-admin';
import { endlessConnections, undrainedEnvoy } from './envoy-leaving';
import { bytesToGrpc, http1Upstream, loadBalancerService } from './grpc-clusters';
import { headlessSettings, twinPorts, unreadyAddresses } from './headless-services';
import {
  checksWaitForTraffic,
  healthKeepsRemovedHosts,
  refreshOutlivesDrain,
  slowLookups,
  unwatchedHosts,
} from './host-removal';
import { ingressProtocol } from './ingress-protocol';
import { meshOnServerOnly } from './mesh-sides';
import { rateWindow, relistDefault, relistInterval } from './metric-windows';
import { metricsApiOwners } from './metrics-api-owners';
import { cutHop, cutProxies, dnsOverTcp } from './network-hops';
import { shortGrace, suddenEnd } from './pod-endings';
import { missingProgram } from './pre-stop-programs';
import { equalProbes, missingReadiness, probePort } from './probes';
import { retriedTwice, starvedRetries } from './retried-calls';
import { emptyingRoll } from './rolling-updates';
import type { Rule } from './rule';
import { replicasBesideAutoscaler } from './scaled-replicas';
import { scrapeAnnotations } from './scrape-annotations';
import { clientAffinity, localTraffic } from './service-affinity';
import { unknownTargetPort, wideSelector } from './service-selectors';
import { roundRobinWorkers } from './worker-turns';

export const RULES: readonly Rule[] = [
  clusterIpUpstream,
  logicalDns,
  http1Upstream,
  bytesToGrpc,
  headlessPort,
  unreadyAddresses,
  headlessSettings,
  wrongProtocol,
  linkerdProtocol,
  meshOnServerOnly,
  replicasBesideAutoscaler,
  missingTarget,
  unmadeMetric,
  unsetLabels,
  scrapeAnnotations,
  rateWindow,
  relistInterval,
  blockingBudget,
  missingBudget,
  wideSelector,
  cutHop,
  missingReadiness,
  equalProbes,
  probePort,
  suddenEnd,
  shortGrace,
  missingProgram,
  refreshOutlivesDrain,
  healthKeepsRemovedHosts,
  starvedRetries,
  retriedTwice,
  openAdmin,
  undrainedEnvoy,
  roundRobinWorkers,
  endlessConnections,
  metricsApiOwners,
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
  missingProtocol,
  relistDefault,
  emptyingRoll,
  sharedSelector,
  dnsOverTcp,
  missingRequests,
  twoBudgets,
  ingressProtocol,
  twinPorts,
  unknownTargetPort,
  clientAffinity,
  localTraffic,
  cutProxies,
  unreachableTarget,
  hastyScaleDown,
  countedHealthChecks,
];
