// The Kubernetes YAML as programs read it: the one place where settings of servers, Envoy and client come from when
// they run without a cluster. Reads, never changes; what has to differ on loopback is decided elsewhere.
import * as path from 'node:path';
import { collectProblems, describeProblem, type Field, ManifestError, type Report } from './fields';
import { foldersIn, readFolder } from './manifest-files';
import { foreignPod, type PodManifest, readPod } from './pod-manifest';
import { ENVOY_CONFIG_FILE, readServerCluster, type ServerCluster } from './server-cluster';

export interface ServiceManifest {
  /** The name that DNS has for it. */
  readonly host: string;
  readonly kind: 'headless' | 'cluster-ip';
  /** Pods that are not ready are behind the name too: publishNotReadyAddresses. */
  readonly publishesUnready: boolean;
  /** The Deployment whose pods it stands for; empty where these manifests have none. */
  readonly deployment: string;
}

export interface Manifests {
  readonly server: PodManifest;
  readonly envoy: PodManifest;
  readonly client: PodManifest;
  readonly services: readonly ServiceManifest[];
  /** How Envoy finds the servers. */
  readonly serverCluster: ServerCluster;
  /** `1.40.2`, from the tag of Envoy's image. */
  readonly envoyVersion: string;
}

export interface ReadOptions {
  /** The programs that are the reader's own: their Deployments may have any name, or be missing. */
  readonly own?: { readonly server: boolean; readonly client: boolean };
  /** Envoy's cluster that stands for the servers; default is `greeter`, or the only one that asks DNS. */
  readonly cluster?: string;
}

export const MANIFEST_FOLDERS = ['grpc_server_k8s', 'envoy_proxy_k8s', 'grpc_client_k8s'] as const;
const CLUSTER_DOMAIN = 'svc.cluster.local';
const OURS = { server: false, client: false };
const NAME_LABEL = 'app.kubernetes.io/name';

/**
 * The folder that holds the `*_k8s` folders: MANIFESTS_ROOT, so that a changed copy can be tried, or the project.
 */
export function manifestsRoot(env: NodeJS.ProcessEnv, projectRoot: string): string {
  return env.MANIFESTS_ROOT ? path.resolve(env.MANIFESTS_ROOT) : projectRoot;
}

/**
 * The boxes of the picture. Where `root` has the three folders of this project they alone are read; else all folders directly
 * in it, and its own files. Boxes are found by the names that they have here, or along the arrows: Envoy's Deployment
 * mounts envoy.yaml, and the servers' is the one that Envoy's cluster leads to.
 * @throws ManifestError with everything that is not as expected, or would be refused by the API server among what is read here
 */
export function readManifests(root: string, { own = OURS, cluster }: ReadOptions = {}): Manifests {
  return collectProblems((report) => {
    const objects = readObjects(root, report);
    const configMaps = objects.filter((object) => object.get('kind').value === 'ConfigMap');
    const deployments = objects.filter((object) => object.get('kind').value === 'Deployment' && !isPatch(object));
    const services = objects.filter((object) => object.get('kind').value === 'Service');
    const find = (name: string, other?: (deployment: Field) => boolean, isNeeded = true) => {
      const named = deployments.filter((each) => nameOf(each) === name);
      const found = named.length > 0 || other === undefined ? named : deployments.filter(other);
      if (found.length > 1 || (found.length === 0 && isNeeded)) {
        const files = found.map((each) => each.at).join(', ');
        const at = `${root}: ${MANIFEST_FOLDERS.join(', ')}`;
        report(`${describeProblem(at, `one Deployment named ${name}`, found.length)}${files && `: ${files}`}`);
      }
      return found.length === 1 ? found[0] : undefined;
    };
    const carriers = configMaps.filter((each) => each.get('data').get(ENVOY_CONFIG_FILE).value !== undefined);
    const mounts = (deployment: Field) => carriers.some((each) => mountsConfigMap(deployment, nameOf(each)));
    const envoyObject = find('envoy', mounts);
    const envoy = envoyObject && readPod(envoyObject, { configMaps });
    const carrier = envoyObject && carriers.find((each) => mountsConfigMap(envoyObject, nameOf(each)));
    if (envoyObject && !carrier) {
      envoyObject
        .get('spec')
        .get('template')
        .get('spec')
        .get('volumes')
        .refuse(`a ConfigMap with ${ENVOY_CONFIG_FILE}`);
    }
    const serverCluster =
      carrier && readServerCluster(carrier.get('data').get(ENVOY_CONFIG_FILE), { wanted: cluster, report });

    const serverService = services.find((each) => hostOf(each) === serverCluster?.host);
    const isServer = (each: Field) => serverService !== undefined && selects(serverService, each);
    const serverObject = find('grpc-server', own.server ? isServer : undefined, !own.server);
    const server = serverObject
      ? readPod(serverObject, { configMaps, isOwn: own.server })
      : serverCluster && foreignPod(serverNameOf(serverService, serverCluster.host), { grpc: serverCluster.port });
    const clientObject = find('grpc-client', undefined, !own.client);
    const client = clientObject
      ? readPod(clientObject, { configMaps, isOwn: own.client })
      : foreignPod('grpc-client', {});
    const envoyVersion = envoy && readVersion(envoy.image, report);
    if (own.server && serverCluster && serverService === undefined) {
      const expected = 'the name of a Service in these folders';
      report(
        describeProblem(`${serverCluster.at}: address of cluster ${serverCluster.name}`, expected, serverCluster.host),
      );
    }
    // What is missing has been reported.
    if (!server || !envoy || !serverCluster || !envoyVersion) throw new ManifestError([]);
    const deploymentOf = (service: Field) => {
      const selected = deployments.find((each) => selects(service, each));
      if (selected === undefined && service === serverService) return server.deployment;
      return selected ? nameOf(selected) : (service.get('spec').get('selector').get(NAME_LABEL).optionalText() ?? '');
    };
    const names = services.map((service) => readService(service, deploymentOf(service)));
    return { server, envoy, client, services: names, serverCluster, envoyVersion };
  });
}

/** The names that stand for the pods of `deployment`. */
export function servicesOf(manifests: Manifests, deployment: string): readonly ServiceManifest[] {
  return manifests.services.filter((service) => service.deployment === deployment);
}

function readObjects(root: string, report: Report): readonly Field[] {
  const folders = foldersIn(root);
  const isOurs = MANIFEST_FOLDERS.every((folder) => folders.includes(folder));
  return (isOurs ? MANIFEST_FOLDERS : ['.', ...folders]).flatMap((folder) => readFolder(root, folder, report));
}

/** A Deployment without a selector is one that another is to be patched with. */
function isPatch(deployment: Field): boolean {
  return deployment.get('spec').get('selector').value === undefined;
}

function nameOf(object: Field): string {
  const name = object.get('metadata').get('name').value;
  return typeof name === 'string' ? name : '';
}

function namespaceOf(object: Field): string {
  const namespace = object.get('metadata').get('namespace').value;
  return typeof namespace === 'string' ? namespace : 'default';
}

function hostOf(service: Field): string {
  return `${nameOf(service)}.${namespaceOf(service)}.${CLUSTER_DOMAIN}`;
}

function mountsConfigMap(deployment: Field, name: string): boolean {
  const volumes = deployment.get('spec').get('template').get('spec').get('volumes').items();
  return volumes.some((volume) => volume.get('configMap').get('name').value === name);
}

/** Whether pods of `deployment` are behind `service`. */
function selects(service: Field, deployment: Field): boolean {
  const selector = service.get('spec').get('selector').entries();
  const labels = deployment.get('spec').get('template').get('metadata').get('labels');
  const hasAll = selector.every(([label, value]) => labels.get(label).value === value.value);
  return selector.length > 0 && hasAll && namespaceOf(service) === namespaceOf(deployment);
}

/** What pods are called whose Deployment is not there: as their label says, or as the first part of their DNS name. */
function serverNameOf(service: Field | undefined, host: string): string {
  const selector = service?.get('spec').get('selector');
  const label = selector?.get(NAME_LABEL).optionalText() ?? selector?.get('app').optionalText();
  return label ?? (host.split('.')[0] ?? host).replace(/-headless$/, '');
}

function readService(object: Field, deployment: string): ServiceManifest {
  const spec = object.get('spec');
  object.get('metadata').get('name').text();
  return {
    host: hostOf(object),
    kind: spec.get('clusterIP').value === 'None' ? 'headless' : 'cluster-ip',
    publishesUnready: spec.get('publishNotReadyAddresses').value === true,
    deployment,
  };
}

function readVersion(image: string, report: Report): string | undefined {
  const version = /:v?(\d+\.\d+\.\d+)(@|$)/.exec(image)?.[1];
  if (version === undefined) report(describeProblem('envoy_proxy_k8s: image', 'a tag such as v1.40.2', image));
  return version;
}
