// One Deployment's pod as a process needs to know it: image, arguments, environment, ports, probe, and how it ends.
import type { Field } from './fields';

/** The environment of a process: name → value. */
export type Variables = Readonly<Record<string, string>>;

export interface PodManifest {
  /** The name of the Deployment and of its one container. */
  readonly deployment: string;
  readonly namespace: string;
  readonly image: string;
  readonly args: readonly string[];
  /** Variables whose value the manifests say, those from ConfigMaps included. */
  readonly env: Variables;
  /** Variables that the kubelet fills in per pod, and the field of the pod that each one holds. */
  readonly podFields: Variables;
  /** Numbers of the container's ports by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Where Prometheus reads its metrics, by its annotations; absent where they do not ask for it. */
  readonly scrape: ScrapeTarget | undefined;
  /** Absent where the manifest asks for none: then a pod is ready once it runs. */
  readonly readiness: ReadinessProbe | undefined;
  /** Files that ConfigMaps put into the container: folder → file → content. */
  readonly mounts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The command that runs in the container before it is asked to end. */
  readonly preStop: readonly string[] | undefined;
  /** How long a rolling update waits after a pod has become ready. */
  readonly minReadyMs: number;
  /** From the wish to end it until it is killed. */
  readonly terminationGraceMs: number;
}

export interface ScrapeTarget {
  readonly port: number;
  readonly path: string;
}

export interface ReadinessProbe {
  readonly check:
    | { readonly kind: 'grpc'; readonly port: number; readonly service: string }
    | { readonly kind: 'http'; readonly port: number; readonly path: string }
    | { readonly kind: 'tcp'; readonly port: number };
  readonly periodMs: number;
  readonly timeoutMs: number;
  /** That many failures in a row make a ready pod unready. */
  readonly failureThreshold: number;
}

export interface PodReading {
  readonly configMaps: readonly Field[];
  /**
   * The program is the reader's own: its pods may have more containers, of which the one named as the Deployment counts, or
   * the first; and a readiness probe of a kind that is not known here counts as none.
   */
  readonly isOwn?: boolean;
}

/** Reads `deployment`, and reports what is wrong with it: an object of kind Deployment whose pods have one container. */
export function readPod(deployment: Field, { configMaps, isOwn = false }: PodReading): PodManifest {
  const spec = deployment.get('spec');
  const template = spec.get('template');
  const podSpec = template.get('spec');
  const containers = podSpec.get('containers');
  const name = deployment.get('metadata').get('name').text();
  const all = containers.items();
  const container = (isOwn && all.find((each) => each.get('name').value === name)) || containers.get(0);
  if (all.length === 0 || (!isOwn && all.length > 1)) containers.refuse('one container');
  const ports = Object.fromEntries(
    container
      .get('ports')
      .items()
      .map((port) => {
        const number = port.get('containerPort').integer();
        return [port.get('name').optionalText() ?? String(number), number];
      }),
  );
  const { env, podFields } = readEnv(container, configMaps);
  const probe = container.get('readinessProbe');
  return {
    deployment: name,
    namespace: deployment.get('metadata').get('namespace').optionalText() ?? 'default',
    image: container.get('image').text(),
    args: [...container.get('command').items().slice(1), ...container.get('args').items()].map((arg) => arg.text()),
    env,
    podFields,
    ports,
    scrape: readScrape(template.get('metadata').get('annotations')),
    readiness: probe.value === undefined ? undefined : readProbe(probe, ports, isOwn),
    mounts: readMounts(podSpec, container, configMaps),
    preStop: readPreStop(container.get('lifecycle').get('preStop')),
    minReadyMs: spec.get('minReadySeconds').integerOr(0) * 1000,
    terminationGraceMs: podSpec.get('terminationGracePeriodSeconds').integerOr(30) * 1000,
  };
}

/** A pod of which no manifest says anything but its ports; the rest is what Kubernetes has by default. */
export function foreignPod(deployment: string, ports: PodManifest['ports']): PodManifest {
  return {
    deployment,
    namespace: deployment,
    image: '',
    args: [],
    env: {},
    podFields: {},
    ports,
    scrape: undefined,
    readiness: undefined,
    mounts: {},
    preStop: undefined,
    minReadyMs: 0,
    terminationGraceMs: 30_000,
  };
}

const VARIABLE_FIELDS = ['name', 'value', 'valueFrom'];
/** What no process on loopback has: such a variable is not set here. */
const FROM_ELSEWHERE = ['secretKeyRef', 'resourceFieldRef', 'fileKeyRef'];

function readEnv(container: Field, configMaps: readonly Field[]): Pick<PodManifest, 'env' | 'podFields'> {
  const env: Record<string, string> = {};
  const podFields: Record<string, string> = {};
  for (const source of container.get('envFrom').items()) {
    // A Secret is not in these folders: what it holds comes with the environment of the caller, if at all.
    if (source.get('secretRef').value !== undefined) continue;
    Object.assign(env, readConfigMap(source.get('configMapRef'), configMaps));
  }
  for (const variable of container.get('env').items()) {
    const name = variable.get('name').text();
    const unknown = variable.entries().find(([key]) => !VARIABLE_FIELDS.includes(key));
    unknown?.[1].refuse(`no such field: one of ${VARIABLE_FIELDS.join(', ')}`);
    const from = variable.get('valueFrom');
    const fieldRef = from.get('fieldRef');
    const keyRef = from.get('configMapKeyRef');
    if (fieldRef.value !== undefined) podFields[name] = fieldRef.get('fieldPath').text();
    else if (keyRef.value !== undefined) env[name] = readConfigMap(keyRef, configMaps)[keyRef.get('key').text()] ?? '';
    else if (from.value === undefined) env[name] = variable.get('value').optionalText() ?? '';
    else if (!from.entries().some(([kind]) => FROM_ELSEWHERE.includes(kind))) {
      from.refuse(`one of fieldRef, configMapKeyRef, ${FROM_ELSEWHERE.join(', ')}`);
    }
  }
  return { env, podFields };
}

function readMounts(podSpec: Field, container: Field, configMaps: readonly Field[]): PodManifest['mounts'] {
  const mounts: Record<string, Readonly<Record<string, string>>> = {};
  for (const mount of container.get('volumeMounts').items()) {
    const name = mount.get('name').text();
    const volume = podSpec
      .get('volumes')
      .items()
      .find((candidate) => candidate.get('name').value === name);
    const configMap = volume?.get('configMap');
    if (configMap?.value !== undefined) mounts[mount.get('mountPath').text()] = readConfigMap(configMap, configMaps);
  }
  return mounts;
}

/** The data of the ConfigMap that `reference.name` names. */
function readConfigMap(reference: Field, configMaps: readonly Field[]): Readonly<Record<string, string>> {
  const name = reference.get('name');
  const found = configMaps.find((map) => map.get('metadata').get('name').value === name.text());
  if (found === undefined) name.refuse('the name of a ConfigMap in these folders');
  const entries = found?.get('data').entries() ?? [];
  return Object.fromEntries(entries.map(([key, value]) => [key, value.optionalText() ?? '']));
}

function readProbe(probe: Field, ports: Readonly<Record<string, number>>, isOwn: boolean): ReadinessProbe | undefined {
  const timing = {
    periodMs: probe.get('periodSeconds').integerOr(10) * 1000,
    timeoutMs: probe.get('timeoutSeconds').integerOr(1) * 1000,
    failureThreshold: probe.get('failureThreshold').integerOr(3),
  };
  const grpc = probe.get('grpc');
  const http = probe.get('httpGet');
  if (grpc.value !== undefined) {
    const service = grpc.get('service').optionalText() ?? '';
    return { check: { kind: 'grpc', port: grpc.get('port').integer(), service }, ...timing };
  }
  const numberOf = (port: Field) => {
    const number = typeof port.value === 'string' ? ports[port.value] : port.integer();
    if (number === undefined) port.refuse('the name of a port of this container');
    return number ?? 0;
  };
  if (http.value !== undefined) {
    const path = http.get('path').optionalText() ?? '/';
    return { check: { kind: 'http', port: numberOf(http.get('port')), path }, ...timing };
  }
  const tcp = probe.get('tcpSocket');
  if (tcp.value !== undefined) return { check: { kind: 'tcp', port: numberOf(tcp.get('port')) }, ...timing };
  if (!isOwn) probe.refuse('a grpc, httpGet or tcpSocket probe');
  return undefined;
}

function readScrape(annotations: Field): ScrapeTarget | undefined {
  if (annotations.get('prometheus.io/scrape').optionalText() !== 'true') return undefined;
  const port = annotations.get('prometheus.io/port');
  const number = port.text();
  if (number !== '' && !/^\d+$/.test(number)) port.refuse('the number of a port');
  return { port: Number(number), path: annotations.get('prometheus.io/path').optionalText() ?? '/metrics' };
}

function readPreStop(preStop: Field): readonly string[] | undefined {
  const sleep = preStop.get('sleep').get('seconds');
  if (sleep.value !== undefined) return ['sleep', String(sleep.integer())];
  const command = preStop.get('exec').get('command');
  return command.value === undefined ? undefined : command.items().map((word) => word.text());
}
