// The Kubernetes YAML as programs read it: the one place where settings of servers, Envoy and client come from when
// they run without a cluster. Reads, never changes; what has to differ on loopback is decided elsewhere.
import * as path from 'node:path';
import { collectProblems, describeProblem, type Field, ManifestError, type Report } from './fields';
import { readFolder } from './manifest-files';
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
  /** `1.40.2`, from the tag of Envoy's image. */
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

/**
 * @throws ManifestError with everything that is not as expected, or would be refused by the API server among what is read
 * here; the error of the file system when a folder is missing
 */
export function readManifests(root: string): Manifests {
  return collectProblems((report) => {
    const objects = MANIFEST_FOLDERS.flatMap((folder) => readFolder(root, folder, report));
    const configMaps = objects.filter((object) => object.get('kind').value === 'ConfigMap');
    const pod = (name: string) => {
      const deployment = findOne(objects, { root, kind: 'Deployment', name, report });
      return deployment && readPod(deployment, configMaps);
    };
    const [server, envoy, client] = [pod('grpc-server'), pod('envoy'), pod('grpc-client')];
    const services = objects.filter((object) => object.get('kind').value === 'Service').map(readService);
    const envoyVersion = envoy && readVersion(envoy.image, report);
    // What is missing has been reported.
    if (!server || !envoy || !client || !envoyVersion) throw new ManifestError([]);
    return { server, envoy, client, services, envoyVersion };
  });
}

/** The names that stand for the pods of `deployment`. */
export function servicesOf(manifests: Manifests, deployment: string): readonly ServiceManifest[] {
  return manifests.services.filter((service) => service.deployment === deployment);
}

interface Sought {
  readonly root: string;
  readonly kind: string;
  readonly name: string;
  readonly report: Report;
}

function findOne(objects: readonly Field[], { root, kind, name, report }: Sought): Field | undefined {
  const found = objects.filter(
    (object) => object.get('kind').value === kind && object.get('metadata').get('name').value === name,
  );
  if (found.length === 1) return found[0];
  report(describeProblem(`${root}: ${MANIFEST_FOLDERS.join(', ')}`, `one ${kind} named ${name}`, found.length));
  return undefined;
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

function readVersion(image: string, report: Report): string | undefined {
  const version = /:v?(\d+\.\d+\.\d+)(@|$)/.exec(image)?.[1];
  if (version === undefined) report(describeProblem('envoy_proxy_k8s: image', 'a tag such as v1.40.2', image));
  return version;
}
