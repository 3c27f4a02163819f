// One configuration of Envoy, with the pods that run it where the input has them.
import type { Placed } from '../../../manifest-reader/positions/placed';
import { asEnvoyReads } from '../../input/envoy-text';
import type { ManifestObject } from '../../input/manifest-object';
import type { Container, Workload } from '../workload';
import { type EnvoyCluster, readCluster } from './cluster';
import { type EnvoyListener, readListener } from './listener';

/** A workload's container that runs this configuration. */
export interface EnvoyPod {
  readonly workload: Workload;
  readonly container: Container;
}

export interface Envoy {
  /** The object that holds the text; undefined where it is a file of its own. */
  readonly object: ManifestObject | undefined;
  /** `ConfigMap envoy/envoy-config (envoy.yaml)`, or the file. */
  readonly label: string;
  /** Where its pods run; undefined where nothing says it. */
  readonly namespace: string | undefined;
  readonly bootstrap: Placed;
  readonly clusters: readonly EnvoyCluster[];
  readonly listeners: readonly EnvoyListener[];
  /** Clusters or listeners come from elsewhere too (CDS, LDS). */
  readonly isDynamic: boolean;
  /** None where the input does not have them. */
  readonly pods: readonly EnvoyPod[];
}

/** @param name as it stands where the cluster is asked for, so anything */
export function clusterNamed(envoy: Envoy | undefined, name: unknown): EnvoyCluster | undefined {
  return envoy?.clusters.find((cluster) => cluster.name === name);
}

export interface EnvoySource {
  readonly document: Placed;
  readonly object: ManifestObject | undefined;
  readonly label: string;
  readonly pods: readonly EnvoyPod[];
}

export function readEnvoy({ document, object, label, pods }: EnvoySource): Envoy {
  const bootstrap = asEnvoyReads(document);
  const resources = bootstrap.get('static_resources');
  return {
    object,
    label,
    namespace: object?.namespace ?? pods[0]?.workload.object.namespace,
    bootstrap,
    clusters: resources.get('clusters').items().map(readCluster),
    listeners: resources.get('listeners').items().map(readListener),
    isDynamic: bootstrap.get('dynamic_resources').entries().length > 0,
    pods,
  };
}
