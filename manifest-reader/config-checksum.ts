// What ties a Deployment to the ConfigMaps that its pods read: a checksum in the pod template changes with them, and
// Kubernetes rolls the pods. Knows which ConfigMaps count and how they are summed up; reads and writes no file.
import { createHash } from 'node:crypto';

export const CHECKSUM_ANNOTATION = 'checksum/config';

interface PodTemplate {
  readonly spec: {
    readonly containers: readonly {
      readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
    }[];
    readonly volumes?: readonly { readonly configMap?: { readonly name: string } }[];
  };
}

interface NamedData {
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
}

/** The names of the ConfigMaps that the pods of `template` read, sorted. */
export function configMapsOf(template: PodTemplate): string[] {
  const mounted = (template.spec.volumes ?? []).map((volume) => volume.configMap?.name);
  const sourced = template.spec.containers.flatMap((container) =>
    (container.envFrom ?? []).map((source) => source.configMapRef?.name),
  );
  const names = [...mounted, ...sourced].filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

/** SHA-256, in hexadecimal, over names and data; comments and labels of the ConfigMaps do not count. */
export function configChecksum(configMaps: readonly NamedData[]): string {
  const sorted = [...configMaps].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const content = sorted.map(({ metadata, data }) => [metadata.name, Object.entries(data).sort(byKey)]);
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function byKey([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}
