// The Kubernetes YAML as the lab reads it: the one place where settings of servers, Envoy and client come from when
// they run without a cluster. Reads, never changes; what has to differ on loopback is decided elsewhere.
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Field, field, ManifestError } from './manifest-fields';
import { type PodManifest, readPod } from './pod-manifest';

export interface ServiceManifest {
  /** The name that DNS has for it. */
  readonly host: string;
  readonly kind: 'headless' | 'cluster-ip';
  /** Pods that are not ready are behind the name too: publishNotReadyAddresses. */
  readonly publishesUnready: boolean;
  /** The Deployment whose pods it stands for. */
  readonly deployment: string;
}

export interface Manifests {
  readonly server: PodManifest;
  readonly envoy: PodManifest;
  readonly client: PodManifest;
  readonly services: readonly ServiceManifest[];
  /** `1.40.0`, from the tag of Envoy's image. */
  readonly envoyVersion: string;
}

export const MANIFEST_FOLDERS = ['grpc_server_k8s', 'envoy_proxy_k8s', 'grpc_client_k8s'] as const;
const CLUSTER_DOMAIN = 'svc.cluster.local';
const NAME_LABEL = 'app.kubernetes.io/name';

/**
 * The folder that holds the `*_k8s` folders: MANIFESTS_ROOT, so that a changed copy can be tried, or the project.
 */
export function manifestsRoot(env: NodeJS.ProcessEnv, projectRoot: string): string {
  return env.MANIFESTS_ROOT ? path.resolve(env.MANIFESTS_ROOT) : projectRoot;
}

/** @throws ManifestError, or the error of the file system or of YAML, when `root` does not hold what is expected. */
export function readManifests(root: string): Manifests {
  const objects = MANIFEST_FOLDERS.flatMap((folder) => readFolder(root, folder));
  const configMaps = objects.filter((object) => object.get('kind').value === 'ConfigMap');
  const pod = (name: string) => readPod(findOne(objects, root, 'Deployment', name), configMaps);
  const envoy = pod('envoy');
  return {
    server: pod('grpc-server'),
    envoy,
    client: pod('grpc-client'),
    services: objects.filter((object) => object.get('kind').value === 'Service').map(readService),
    envoyVersion: readVersion(envoy.image),
  };
}

/** The names that stand for the pods of `deployment`. */
export function servicesOf(manifests: Manifests, deployment: string): readonly ServiceManifest[] {
  return manifests.services.filter((service) => service.deployment === deployment);
}

/** The files directly in `folder`, which is what `kubectl apply -f FOLDER` takes. */
function readFolder(root: string, folder: string): Field[] {
  const files = readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.yaml'));
  return files.flatMap((name) => {
    const file = path.join(folder, name);
    return parseAllDocuments(readFileSync(path.join(root, file), 'utf8')).map((document) => {
      if (document.errors[0] !== undefined) throw new Error(`${file}: ${document.errors[0].message}`);
      return field(file, document.toJS());
    });
  });
}

function findOne(objects: readonly Field[], root: string, kind: string, name: string): Field {
  const found = objects.filter(
    (object) => object.get('kind').value === kind && object.get('metadata').get('name').value === name,
  );
  if (found[0] !== undefined && found.length === 1) return found[0];
  throw new ManifestError(`${root}: ${MANIFEST_FOLDERS.join(', ')}`, `one ${kind} named ${name}`, found.length);
}

function readService(object: Field): ServiceManifest {
  const metadata = object.get('metadata');
  const spec = object.get('spec');
  return {
    host: `${metadata.get('name').text()}.${metadata.get('namespace').text()}.${CLUSTER_DOMAIN}`,
    kind: spec.get('clusterIP').value === 'None' ? 'headless' : 'cluster-ip',
    publishesUnready: spec.get('publishNotReadyAddresses').value === true,
    deployment: spec.get('selector').get(NAME_LABEL).text(),
  };
}

function readVersion(image: string): string {
  const version = /:v?(\d+\.\d+\.\d+)(@|$)/.exec(image)?.[1];
  if (version === undefined) throw new ManifestError('envoy_proxy_k8s: image', 'a tag such as v1.40.0', image);
  return version;
}
