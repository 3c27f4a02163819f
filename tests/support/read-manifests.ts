// Reads every Kubernetes object of the *_k8s folders, in the order in which kubectl takes them. MANIFESTS_ROOT names a
// changed copy of the folders (tests/manifests/mutate.ts makes such copies); the files of the project otherwise.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { parseOneKubernetesYaml } from '../../manifest-reader/kubernetes-yaml';
import { manifestsRoot } from '../../manifest-reader/manifests';
import type {
  APIService,
  ConfigMap,
  Container,
  Deployment,
  HorizontalPodAutoscaler,
  KubernetesObject,
  NetworkPolicy,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Service,
} from './kubernetes-objects';

export const FOLDERS = [
  'prometheus_k8s',
  'grpc_server_k8s',
  'envoy_proxy_k8s',
  'grpc_client_k8s',
  'grafana_k8s',
] as const;
export const ROOT = manifestsRoot(process.env, path.join(__dirname, '../..'));

/** One file of a folder. */
export interface Manifest {
  /** Relative to the root: `envoy_proxy_k8s/hpa.yaml`. */
  readonly file: string;
  readonly folder: string;
  readonly text: string;
  readonly object: KubernetesObject;
}

interface Kinds {
  readonly APIService: APIService;
  readonly ConfigMap: ConfigMap;
  readonly Deployment: Deployment;
  readonly HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  readonly Namespace: KubernetesObject;
  readonly NetworkPolicy: NetworkPolicy;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly Role: Role;
  readonly RoleBinding: RoleBinding;
  readonly ClusterRoleBinding: RoleBinding;
  readonly Service: Service;
  readonly ServiceAccount: KubernetesObject & { readonly automountServiceAccountToken: boolean };
}

/** The YAML files right in `folder`: what `kubectl apply -f FOLDER/` takes. */
export function filesOf(folder: string): string[] {
  const names = readdirSync(path.join(ROOT, folder)).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => path.join(folder, name));
}

/** What Helm reads, and rules to copy: no objects of Kubernetes. */
export const HELM_FILE = 'prometheus_k8s/helm/prometheus-adapter-values.yaml';
export const OTHER_SERVERS_FILE = 'prometheus_k8s/other-servers/adapter-rules.yaml';

/** The YAML files in folders inside the folders: objects that take the place of others, which `kubectl apply -f FOLDER/` leaves alone. */
export function optionalFiles(): string[] {
  const isFolder = (folder: string) => (name: string) => statSync(path.join(ROOT, folder, name)).isDirectory();
  return FOLDERS.flatMap((folder) => {
    const inside = readdirSync(path.join(ROOT, folder)).filter(isFolder(folder)).sort();
    return inside.flatMap((name) => filesOf(path.join(folder, name)));
  }).filter((file) => file !== HELM_FILE && file !== OTHER_SERVERS_FILE);
}

/** @throws when `file` is not exactly one sound YAML document. What kubectl would take in silence, equal keys, is no more sound. */
export function readManifest(file: string): Manifest {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  const [document] = documents;
  const problem = document?.errors[0] ?? document?.warnings[0];
  if (problem !== undefined) throw new Error(`${file}: ${problem.message}`, { cause: problem });
  if (document === undefined || documents.length !== 1) {
    throw new Error(`${file}: expected one YAML document, got ${documents.length}`);
  }
  return { file, folder: path.dirname(file), text, object: parseOneKubernetesYaml(text) as KubernetesObject };
}

let known: readonly Manifest[] | undefined;

/** All files of all folders; read once. */
export function manifests(): readonly Manifest[] {
  known ??= FOLDERS.flatMap(filesOf).map(readManifest);
  return known;
}

/** The HPA of the servers that follows what Envoy counts, in place of grpc_server_k8s/hpa.yaml. */
export function envoyLoadAutoscaler(): HorizontalPodAutoscaler {
  return readManifest('grpc_server_k8s/envoy-load/hpa.yaml').object as HorizontalPodAutoscaler;
}

/** What deploy-all.sh applies in place of grpc_client_k8s/configmap.yaml where there is a mesh. */
export function meshClientConfig(): ConfigMap {
  return readManifest('grpc_client_k8s/linkerd/configmap.yaml').object as ConfigMap;
}

/** All objects of one kind. */
export function all<K extends keyof Kinds>(kind: K): Kinds[K][] {
  return manifests()
    .filter(({ object }) => object.kind === kind)
    .map(({ object }) => object as Kinds[K]);
}

/** The one object of that kind and name. @throws when there is none, or more than one. */
export function one<K extends keyof Kinds>(kind: K, namespace: string | undefined, name: string): Kinds[K] {
  const found = all(kind).filter(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  const [object] = found;
  if (object === undefined || found.length !== 1) {
    throw new Error(`${ROOT}: expected one ${kind} ${namespace ?? ''}/${name}, found ${found.length}`);
  }
  return object;
}

/** The only container of a Deployment's pods. */
export function containerOf(deployment: Deployment): Container {
  const [container] = deployment.spec.template.spec.containers;
  if (container === undefined) throw new Error(`${deployment.metadata.name}: a Deployment without a container`);
  return container;
}

/** The number of the container port of that name; undefined when there is none. */
export function containerPort(deployment: Deployment, name: string): number | undefined {
  return containerOf(deployment).ports.find((port) => port.name === name)?.containerPort;
}

/** The value that the manifest gives to an environment variable, or undefined. */
export function envValue(deployment: Deployment, name: string): string | undefined {
  return containerOf(deployment).env?.find((variable) => variable.name === name)?.value;
}

/** How long the client lets a call take in all. */
export function clientDeadlineSeconds(): number {
  return Number(one('ConfigMap', 'grpc-client', 'grpc-client-config').data.DEADLINE_MS) / 1000;
}

/** The key of a ConfigMap, parsed as YAML. */
export function parseKey(map: ConfigMap, key: string): unknown {
  const text = map.data[key];
  if (text === undefined) throw new Error(`ConfigMap ${map.metadata.name}: expected a key ${key}`);
  return parse(text);
}
