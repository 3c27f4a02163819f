// What the user's own objects say of the service: the Deployment, the Service before it, its autoscaler and its budget.
import type { Field, Report } from '../../manifest-reader/fields';
import type { GivenObject } from './given-objects';
import type { Labels } from './service';

export interface GivenPort {
  readonly name: string | undefined;
  readonly number: number;
}

export interface Workload {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly container: string;
  readonly selector: Labels;
  readonly ports: readonly GivenPort[];
  /** The port that calls go to, where the objects tell. */
  readonly grpcPort: number | undefined;
  /** The name that a probe asks grpc.health.v1 for; undefined where no probe does. */
  readonly healthService: string | undefined;
  readonly graceSeconds: number;
  readonly replicas: number | undefined;
  readonly metricsPort: number | undefined;
  readonly autoscaler: { readonly name: string; readonly min: number; readonly max: number } | undefined;
  readonly hasBudget: boolean;
  readonly source: string;
}

/** What else runs servers. */
const OTHER_WORKLOADS = ['StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout', 'Pod'];

/** The Deployment called `name`, or the only one, and what belongs to it. Undefined, and reported, when there is none. */
export function readWorkload(
  objects: readonly GivenObject[],
  name: string | undefined,
  report: Report,
): Workload | undefined {
  const deployments = ofKind(objects, 'Deployment');
  const found = deployments.filter(({ object }) => name === undefined || nameOf(object) === name);
  const [given] = found;
  if (given === undefined || found.length > 1) {
    const names = deployments.map(({ object }) => nameOf(object)).join(', ') || 'none';
    const others = objects
      .filter(({ kind }) => OTHER_WORKLOADS.includes(kind))
      .map(({ kind, object }) => `${kind} ${nameOf(object)}`);
    report(
      `the files: expected one Deployment${name === undefined ? ', or --service to choose one' : ` called ${name}`}, got ` +
        `${names}${others.length === 0 ? '' : `, and ${others.join(', ')}, which adopt cannot patch`}`,
    );
    return undefined;
  }
  return readDeployment(given, objects, report);
}

function readDeployment({ object, source }: GivenObject, objects: readonly GivenObject[], report: Report): Workload {
  const spec = object.get('spec');
  const pod = spec.get('template').get('spec');
  const labels = labelsOf(spec.get('template').get('metadata').get('labels'));
  const services = ofKind(objects, 'Service').filter(({ object: each }) => selects(each, object, labels));
  const container = chooseContainer(pod.get('containers'), services, report);
  const ports = (container?.get('ports').items() ?? []).map((port) => ({
    name: port.get('name').optionalText(),
    number: port.get('containerPort').integer(),
  }));
  const probes = ['readinessProbe', 'startupProbe', 'livenessProbe'].map((probe) => container?.get(probe).get('grpc'));
  const asked = probes.find((probe) => probe?.value !== undefined);
  const annotations = spec.get('template').get('metadata').get('annotations');
  const isScraped = annotations.get('prometheus.io/scrape').value === 'true';
  const scaler = ofKind(objects, 'HorizontalPodAutoscaler').find(
    ({ object: each }) => each.get('spec').get('scaleTargetRef').get('name').value === nameOf(object),
  )?.object;
  return {
    name: nameOf(object),
    namespace: object.get('metadata').get('namespace').optionalText(),
    container: container?.get('name').text() ?? '',
    selector: selectorOf(spec, labels, services, report),
    ports,
    grpcPort: grpcPort(ports, services),
    healthService: asked?.get('service').optionalText() ?? (asked?.value === undefined ? undefined : ''),
    graceSeconds: pod.get('terminationGracePeriodSeconds').integerOr(30),
    replicas: spec.get('replicas').value === undefined ? undefined : spec.get('replicas').integer(),
    metricsPort: isScraped ? scrapedPort(annotations.get('prometheus.io/port')) : undefined,
    autoscaler: scaler && {
      name: nameOf(scaler),
      min: scaler.get('spec').get('minReplicas').integerOr(1),
      max: scaler.get('spec').get('maxReplicas').integer(),
    },
    hasBudget: ofKind(objects, 'PodDisruptionBudget').some(({ object: each }) =>
      fits(labelsOf(each.get('spec').get('selector').get('matchLabels')), labels),
    ),
    source,
  };
}

function scrapedPort(annotation: Field): number {
  const text = annotation.text();
  if (text !== '' && !/^\d{1,5}$/.test(text)) annotation.refuse('the number of a port');
  return Number(text);
}

/** The Service's selector is what finds the pods today; without a Service it is the Deployment's. */
function selectorOf(spec: Field, labels: Labels, services: readonly GivenObject[], report: Report): Labels {
  const [service] = services;
  const own = labelsOf(spec.get('selector').get('matchLabels'));
  if (service !== undefined) return labelsOf(service.object.get('spec').get('selector'));
  if (Object.keys(own).length > 0 && fits(own, labels)) return own;
  report('the Deployment: expected matchLabels that its pods have, since a Service selects by labels alone');
  return own;
}

function chooseContainer(containers: Field, services: readonly GivenObject[], report: Report): Field | undefined {
  const all = containers.items();
  if (all.length === 1) return all[0];
  const targets = services.flatMap(({ object }) =>
    object
      .get('spec')
      .get('ports')
      .items()
      .map((port) => port.get('targetPort').value ?? port.get('port').value),
  );
  const serving = all.filter((container) =>
    container
      .get('ports')
      .items()
      .some(
        (port) => targets.includes(port.get('name').value ?? '') || targets.includes(port.get('containerPort').value),
      ),
  );
  if (serving.length === 1) return serving[0];
  report(`${containers.at}: expected one container, or a Service whose targetPort is a port of one, got ${all.length}`);
  return undefined;
}

const GRPC_NAME = /^(grpc|h2c|http2)(-|$)/;
const GRPC_PROTOCOLS: readonly unknown[] = ['kubernetes.io/h2c', 'grpc', 'http2', 'h2c'];

/** The one port that a Service sends gRPC to, the one that is called so, or the only one there is. */
function grpcPort(ports: readonly GivenPort[], services: readonly GivenObject[]): number | undefined {
  const served = services.flatMap(({ object }) => object.get('spec').get('ports').items());
  const spoken = served.filter(
    (port) =>
      GRPC_PROTOCOLS.includes(port.get('appProtocol').value) || GRPC_NAME.test(String(port.get('name').value ?? '')),
  );
  const candidates = spoken.length > 0 ? spoken : served;
  const targets = candidates.map((port) => port.get('targetPort').value ?? port.get('port').value);
  const numbers = targets.map((target) => ports.find(({ name }) => name === target)?.number ?? target);
  const distinct = [...new Set(numbers.filter((number): number is number => typeof number === 'number'))];
  if (distinct.length === 1) return distinct[0];
  const named = ports.filter(({ name }) => GRPC_NAME.test(name ?? ''));
  if (named.length === 1) return named[0]?.number;
  return services.length === 0 && ports.length === 1 ? ports[0]?.number : undefined;
}

function selects(service: Field, deployment: Field, labels: Labels): boolean {
  const selector = labelsOf(service.get('spec').get('selector'));
  const isBeside = service.get('metadata').get('namespace').value === deployment.get('metadata').get('namespace').value;
  return isBeside && Object.keys(selector).length > 0 && fits(selector, labels);
}

function ofKind(objects: readonly GivenObject[], kind: string): readonly GivenObject[] {
  return objects.filter((each) => each.kind === kind);
}

function nameOf(object: Field): string {
  return object.get('metadata').get('name').text();
}

function labelsOf(labels: Field): Labels {
  return Object.fromEntries(labels.entries().map(([key, value]) => [key, value.text()]));
}

function fits(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
