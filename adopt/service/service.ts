// What is known of one service of the user's that Envoy is to stand before. Plain data: a run writes it down, and the next
// run for another service reads it again.
import type { KnownService } from '../methods/kinds';

export type Labels = Readonly<Record<string, string>>;

/** How Envoy and the kubelet find out whether a pod is well. */
export type Health =
  /** grpc.health.v1, which answers for this name; '' is the whole server. */
  | { readonly kind: 'grpc'; readonly service: string }
  /** There is no such service: a connection that is taken has to do. */
  | { readonly kind: 'tcp' };

export interface Service {
  /** Its name among Envoy's clusters: unique, and the label envoy_cluster_name of the statistics. */
  readonly id: string;
  /** The Deployment's name. What is written beside it is named after it. */
  readonly name: string;
  readonly namespace: string;
  /** Labels that select its pods. */
  readonly selector: Labels;
  readonly container: string;
  /** The port of the pods, and its name where it has one. */
  readonly port: number;
  readonly portName: string | undefined;
  readonly health: Health;
  /** From SIGTERM to its end, where the server says NOT_SERVING first and goes on serving; undefined where it does not. */
  readonly drainSeconds: number | undefined;
  /** terminationGracePeriodSeconds as it is today. */
  readonly graceSeconds: number;
  /** Where Prometheus reads its metrics, and their name of the port where it has one. */
  readonly metrics: { readonly port: number; readonly portName: string | undefined } | undefined;
  readonly scaling: Scaling;
  readonly callers: Callers;
  readonly services: readonly KnownService[];
  /** The slowest honest answer of a method that may be asked again, seconds; undefined where the user did not say. */
  readonly slowestSeconds: number | undefined;
  /** It has a PodDisruptionBudget of its own, which stays: two would stop each other. */
  readonly hasBudget: boolean;
  /** The Deployment as the user gave it; undefined where only its name is known. */
  readonly deployment: string | undefined;
}

export interface Scaling {
  /** The name of the HorizontalPodAutoscaler. */
  readonly name: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Calls per second that one pod is for. */
  readonly callsPerPod: number;
  /** Calls per second that one Envoy is for, as the user said it with this service; undefined: not said. */
  readonly callsPerEnvoy: number | undefined;
  /** The server's own counter of calls, `NAME` or `NAME{matchers}`; undefined: the calls are counted by Envoy. */
  readonly counter: string | undefined;
}

export interface Callers {
  /** Namespaces of those who call; none: every namespace. */
  readonly namespaces: readonly string[];
  /** Labels of the calling pods; undefined: all pods of these namespaces. */
  readonly labels: Labels | undefined;
}
