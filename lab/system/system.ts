// The system under test as experiments see it: the same verbs for processes on loopback and for pods in a cluster. Drivers
// are the only ones that touch either, and they record what they do and see (lab/records/event.ts) by themselves.
import type { EnvoySettings } from '../../local/envoy/settings-changes';
import type { ServerFault } from '../../runtime/server-fault';
import type { DnsFaultMode, Tier } from '../records/event';
import type { Backend } from '../records/params';
import type { Load, LoadSpec } from './load';

export type { EnvoySettings, Policy } from '../../local/envoy/settings-changes';
export type { ServerFault } from '../../runtime/server-fault';
export type { ForeignSettings, Load, LoadResult, LoadSpec } from './load';

export interface PodInfo {
  readonly name: string;
  readonly tier: Tier;
  readonly isReady: boolean;
  /** Was asked to end. */
  readonly isDraining: boolean;
}

/** What Envoy's membership gauges say. */
export interface Hosts {
  readonly known: number;
  readonly healthy: number;
}

export interface ResourceUse {
  readonly residentBytes: number;
  readonly cpuSeconds: number | undefined;
  readonly openDescriptors: number | undefined;
}

export interface AutoscalerState {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly desiredReplicas: number;
  /** The metric's average over pods as the autoscaler last saw it, and what it aims at; undefined before the first look. */
  readonly metric: number | undefined;
  readonly target: number;
  /** Would ask for more pods than its bounds allow, now or within the time that it remembers before it scales down. */
  readonly wantsMore: boolean;
  /** false: nothing acts on it. */
  readonly isActing: boolean;
}

export interface Deadline {
  /** When to give up, ms from now. The wait rejects with what it saw last. */
  readonly withinMs: number;
}

/** Pods: see and change how many there are, and take them away in every way there is. */
export interface Pods {
  /**
   * All pods of a tier, in the order in which they started, those that drain included.
   * local: the Deployment of the stack. cluster: pods by label, oldest first.
   */
  pods(tier: Tier): Promise<readonly PodInfo[]>;

  /**
   * Asks for `count` pods and resolves when that is asked, not when it is done. Records `scale`.
   * local: starts pods, or drains the newest. cluster: sets both bounds of the HPA, or the Deployment's scale where
   * `count` is 0 (which switches the HPA off until it is scaled again); `close` restores the bounds.
   */
  scale(tier: Tier, count: number): Promise<void>;

  /**
   * Makes the tier's autoscaler count with another target, calls/s per pod. The number of pods stays as fixed as it is.
   * cluster: averageValue of the HPA, until `settle`. local: what `autoscaler` counts with, until the end.
   */
  aimAutoscaler(tier: Tier, target: number): Promise<void>;

  /**
   * Gives the number of pods back to the tier's autoscaler, within the bounds that were deployed, until `scale` or
   * `settle`. local: nothing, since nothing there scales by itself.
   */
  releaseAutoscaler(tier: Tier): Promise<void>;

  /**
   * Replaces every pod, one by one, surge 1 and none unavailable; resolves when the last new one is ready and the last
   * old one gone. Records `roll-start` and `roll-done`.
   * local: as the stack's rolling restart. cluster: `rollout restart` and `rollout status`.
   */
  roll(tier: Tier, deadline: Deadline): Promise<void>;

  /**
   * Ends one pod in order (preStop, SIGTERM, grace period) while the Deployment starts another; resolves when asked.
   * Records `signal` SIGTERM. local: drains the process. cluster: deletes the pod.
   */
  remove(pod: string): Promise<void>;

  /**
   * Ends the process at once with calls in flight. Records `signal` SIGKILL.
   * local: SIGKILL; the pod stays in DNS for a second, then another one takes its place. cluster: a server aborts
   * itself through its fault endpoint and its container restarts in the same pod; an Envoy is killed by a pod beside it
   * that sees the node's processes.
   */
  crash(pod: string): Promise<void>;

  /**
   * The process freezes for `forMs`: connections stay open, nothing is answered. Resolves when it runs again.
   * Records `signal` SIGSTOP and SIGCONT. local: the signals. cluster: the fault endpoint blocks the server's event
   * loop for the time; servers only.
   */
  freeze(pod: string, forMs: number): Promise<void>;
}

/** Faults and settings. `close` takes all of them back. */
export interface Controls {
  /**
   * Replaces the faults of a server by these; `{}` clears them. Records `fault` or `fault-cleared`.
   * local: PUT to the admin endpoint at the pod's loopback address. cluster: the same through the API server's pod
   * proxy. On both the endpoint exists only in the lab (FAULT_PORT).
   */
  injectFault(pod: string, fault: ServerFault): Promise<void>;

  /**
   * Makes DNS answer wrongly for the servers' name, or rightly again (undefined). Records `dns-fault`.
   * local: a mode of the stack's DNS server. cluster: servfail and nxdomain are a server block of their own in
   * CoreDNS' Corefile, silence is CoreDNS scaled to 0; the rollout is awaited.
   */
  setDnsFault(mode: DnsFaultMode | undefined): Promise<void>;

  /**
   * Runs all Envoys with other settings; resolves when every one has them and is ready. Records `policy`.
   * local: restarts the Envoys with an overlay. cluster: rolls the Deployment onto a ConfigMap of
   * its own, beside the shipped one.
   */
  configureEnvoys(settings: EnvoySettings, deadline: Deadline): Promise<void>;

  /**
   * Runs all servers with other environment variables (DRAIN_DELAY_MS=0); `{}` is as shipped. Those of a mutation stay
   * above them. Resolves when done.
   * local: a rolling restart with the variables. cluster: `set env` and `rollout status`.
   */
  configureServers(env: Readonly<Record<string, string>>, deadline: Deadline): Promise<void>;

  /**
   * Takes a part of the metrics chain away or brings it back; resolves when it is gone or ready. Records
   * `component-down` and `component-up`. cluster: scales its Deployment. local: rejects.
   */
  setComponent(component: 'prometheus' | 'prometheus-adapter', isUp: boolean, deadline: Deadline): Promise<void>;
}

/** What can be read while the system runs. */
export interface Meters {
  /**
   * Calls that a server handled since it started, per status name: grpc_requests_total. Records `counters`, and
   * `messages` from grpc_stream_messages_total.
   * local: GET /metrics. cluster: the same through the API server's pod proxy.
   */
  counters(pod: string): Promise<Readonly<Record<string, number>>>;

  /**
   * What the process of a pod or of a load uses. Records `resources`.
   * local: /proc, or ps where there is no /proc. cluster: process_* of /metrics; Envoy's own memory gauges.
   */
  resources(pod: string): Promise<ResourceUse>;

  /** Envoy's membership_total and membership_healthy. Records `hosts`. Both: GET /stats/prometheus. */
  hosts(envoyPod: string): Promise<Hosts>;

  /**
   * A custom metric as the autoscaler gets it, per pod; empty while there is no answer. Records `metric`.
   * cluster: custom.metrics.k8s.io. local: undefined, since nothing serves that API there.
   */
  customMetric(name: string, tier: Tier): Promise<ReadonlyMap<string, number> | undefined>;

  /**
   * The same, one step nearer to its source: the adapter's own query, asked of Prometheus. Records `metric`.
   * local: a Prometheus that reads the processes; undefined where none is installed.
   */
  queriedMetric(name: string, tier: Tier): Promise<ReadonlyMap<string, number> | undefined>;

  /** What that query would say if all of its rates had the longest, or the shortest, of their windows. As queriedMetric. */
  windowedMetric(
    name: string,
    tier: Tier,
    which: 'longest' | 'shortest',
  ): Promise<ReadonlyMap<string, number> | undefined>;

  /**
   * Until when Prometheus has read all pods of a tier that it knows now, ms since the epoch: the oldest of their newest
   * readings. Undefined without an answer. Records `scrape`.
   */
  scrapedAtMs(name: string, tier: Tier): Promise<number | undefined>;

  /**
   * The autoscaler of a tier. cluster: its HPA; records `metric` at changes. local: bounds and target of hpa.yaml, and
   * what their formula makes of queriedMetric; undefined where no Prometheus is installed.
   */
  autoscaler(tier: Tier): Promise<AutoscalerState | undefined>;
}

/** Waits for a condition; each rejects at its deadline, saying what it waited for and what it saw last. */
export interface Waits {
  /** Exactly `count` pods of the tier are ready and none is draining or starting. */
  untilReady(tier: Tier, count: number, deadline: Deadline): Promise<void>;
  /** None of these pods exists any more. */
  untilGone(pods: readonly string[], deadline: Deadline): Promise<void>;
  /** Every ready Envoy knows exactly `servers` hosts and sends calls to all of them. */
  untilRouted(servers: number, deadline: Deadline): Promise<void>;
}

export interface PodCounts {
  readonly servers: number;
  readonly envoys: number;
}

/** Clients and servers of other languages: `clients/`, `servers/`. cluster: rejects, since no image has them. */
export interface ForeignPrograms {
  /**
   * Those of these that can be had here: each is built if it was not yet. Records a `note` for each one that is left out,
   * and rejects where nothing may be skipped (CI=true).
   */
  foreignPrograms(kind: 'client' | 'server', names: readonly string[]): Promise<readonly string[]>;

  /**
   * Runs all servers as another program with more variables; undefined is this project's own. Resolves when done.
   * local: a rolling restart.
   */
  serveBy(name: string | undefined, env: Readonly<Record<string, string>>, deadline: Deadline): Promise<void>;
}

/** A running system. Everything is as shipped when it is handed to an experiment, with `shipped` pods, all routed. */
export interface System extends Pods, Controls, Meters, Waits, ForeignPrograms {
  readonly backend: Backend;

  /** How many pods there are without calls: minReplicas of the HPAs. */
  readonly shipped: PodCounts;

  /**
   * Starts a load generator: this project's client with its ledger. Resolves when its first call was answered or has
   * failed. Records `load-start`, and `load-stop` when the ledger is in calls.ndjson.
   * local: a process. cluster: a Pod in the client's namespace; its ledger is followed from its standard output.
   */
  startLoad(spec: LoadSpec): Promise<Load>;

  /**
   * Brings the system to a stationary state: these numbers of pods, all ready and routed, shipped settings, no fault,
   * no load. Experiments call it before their first phase and between repetitions.
   */
  settle(pods: PodCounts, deadline: Deadline): Promise<void>;

  /** Ends loads, takes back all changes, and stops what was started. Safe to call at any time, also twice. */
  close(): Promise<void>;
}
