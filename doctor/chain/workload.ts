// What runs pods: the kinds of Kubernetes that have a pod template, and pods themselves.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { ManifestObject } from '../input/manifest-object';

export type Labels = Readonly<Record<string, string>>;

export interface ContainerPort {
  readonly name: string | undefined;
  readonly number: number;
  readonly at: Placed;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  /** Command and arguments, in order. */
  readonly words: readonly string[];
  readonly ports: readonly ContainerPort[];
  readonly at: Placed;
}

export interface Workload {
  readonly object: ManifestObject;
  /** Metadata of its pods. */
  readonly podMetadata: Placed;
  readonly podSpec: Placed;
  readonly podLabels: Labels;
  /** What runs while the pod does: sidecars that stand among the init containers too, after the others. */
  readonly containers: readonly Container[];
  /** As written; undefined leaves it to Kubernetes (1) or to an autoscaler. */
  readonly replicas: number | undefined;
}

const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Rollout: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Pod: [],
};
export const WORKLOAD_KINDS = Object.keys(TEMPLATES);

export function readWorkload(object: ManifestObject): Workload | undefined {
  const path = TEMPLATES[object.kind];
  if (path === undefined) return undefined;
  const pod = object.at.get(...path);
  const podSpec = pod.get('spec');
  return {
    object,
    podMetadata: pod.get('metadata'),
    podSpec,
    podLabels: readLabels(pod.get('metadata', 'labels')),
    containers: [...podSpec.get('containers').items(), ...nativeSidecars(podSpec)].map(readContainer),
    replicas: object.at.get('spec', 'replicas').number(),
  };
}

export function readLabels(at: Placed): Labels {
  return Object.fromEntries(at.entries().map(([key, value]) => [key, String(value.value ?? '')]));
}

/** Whether all of `wanted` are among `labels`; nothing wanted selects nothing, as in a Service. */
export function selects(wanted: Labels, labels: Labels): boolean {
  const entries = Object.entries(wanted);
  return entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
}

/** The number of the port that a Service, a probe or a policy names, by number or by name. */
export function portNumber(target: Placed, containers: readonly Container[]): number | undefined {
  const name = target.text();
  if (name === undefined) return target.number();
  return containers.flatMap(({ ports }) => ports).find((port) => port.name === name)?.number;
}

/** https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
function nativeSidecars(podSpec: Placed): readonly Placed[] {
  const init = podSpec.get('initContainers').items();
  return init.filter((container) => container.get('restartPolicy').value === 'Always');
}

function readContainer(at: Placed): Container {
  const words = [...at.get('command').items(), ...at.get('args').items()].map(({ value }) => String(value ?? ''));
  const ports = at
    .get('ports')
    .items()
    .flatMap((port): readonly ContainerPort[] => {
      const number = port.get('containerPort').number();
      return number === undefined ? [] : [{ name: port.get('name').text(), number, at: port }];
    });
  return { name: at.get('name').text() ?? '', image: at.get('image').text() ?? '', words, ports, at };
}
