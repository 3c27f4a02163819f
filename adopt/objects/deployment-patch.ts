// What the user's Deployment needs so that no call is lost when a pod comes or goes, as a strategic merge patch and, where
// the Deployment itself was given, as the changed Deployment. What it has already stays.
import { parse } from 'yaml';
import type { Service } from '../service/service';
import { SHIPPED, type ShippedFiles } from './shipped-files';

interface Probe {
  readonly [field: string]: unknown;
}
export type Fields = Readonly<Record<string, unknown>>;

/** The shipped Deployment, of which timings are taken. */
interface Template {
  readonly minReadySeconds: number;
  readonly strategy: unknown;
  readonly readinessProbe: Probe;
}

/**
 * How long a pod that cannot say NOT_SERVING serves on after it was told to end, seconds. DNS may tell Envoy late: CoreDNS
 * keeps names for up to 30 s where kubeadm is older than 1.35, then come the EndpointSlice and Envoy's own look each second.
 */
const PRE_STOP_SECONDS = 35;
/** What must be left of the grace period after a drain. */
const RESERVE_SECONDS = 10;

export interface DeploymentPatch {
  /** What has to change, by path below `spec`; empty where nothing has to. */
  readonly spec: Fields;
  /** Why, one line each, in the order of the fields. */
  readonly reasons: readonly string[];
}

export function deploymentPatch(shipped: ShippedFiles, service: Service): DeploymentPatch {
  const template = readTemplate(shipped);
  const today = service.deployment === undefined ? undefined : (parse(service.deployment) as { spec?: Fields });
  const spec = (today?.spec ?? {}) as { template?: { spec?: { containers?: readonly Fields[] } } } & Fields;
  const container = spec.template?.spec?.containers?.find(({ name }) => name === service.container) ?? {};
  const reasons: string[] = [];
  const containerPatch = {
    ...readiness(service, container, template, reasons),
    ...liveness(service, container, template, reasons),
    ...preStop(service, container, reasons),
  };
  const grace = graceSeconds(service, container);
  const podSpec: Record<string, unknown> = {};
  if (grace > service.graceSeconds) {
    podSpec.terminationGracePeriodSeconds = grace;
    reasons.push(
      `terminationGracePeriodSeconds: preStop and the end of the process share it; it was ${service.graceSeconds}`,
    );
  }
  if (Object.keys(containerPatch).length > 0) podSpec.containers = [{ name: service.container, ...containerPatch }];
  const patch: Record<string, unknown> = {};
  if (Number(spec.minReadySeconds ?? 0) < template.minReadySeconds) {
    patch.minReadySeconds = template.minReadySeconds;
    reasons.push('minReadySeconds: every Envoy has to find a new pod before an old one may go');
  }
  const strategy = spec.strategy as { type?: string } | undefined;
  if (strategy?.type !== 'Recreate' && JSON.stringify(strategy) !== JSON.stringify(template.strategy)) {
    patch.strategy = template.strategy;
    reasons.push('strategy: one pod more, never one less, while it rolls');
  }
  if (Object.keys(podSpec).length > 0) patch.template = { spec: podSpec };
  return { spec: patch, reasons };
}

function readTemplate(shipped: ShippedFiles): Template {
  const text = shipped.open(`${SHIPPED.folder}/deployment.yaml`);
  return {
    minReadySeconds: Number(text.value(['spec', 'minReadySeconds'])),
    strategy: text.value(['spec', 'strategy']),
    readinessProbe: text.value(['spec', 'template', 'spec', 'containers', 0, 'readinessProbe']) as Probe,
  };
}

const HANDLERS = ['grpc', 'httpGet', 'tcpSocket', 'exec'];

/** A probe of the user's; unseen where the Deployment was not given. */
interface Seen {
  readonly probe: Probe | undefined;
  readonly isUnseen: boolean;
}

function seen({ deployment }: Service, container: Fields, name: string): Seen {
  return { probe: container[name] as Probe | undefined, isUnseen: deployment === undefined };
}

/** A probe with another handler: the one that is there has to go, since a probe may have only one. */
function withHandler({ probe, isUnseen }: Seen, handler: string, value: Fields, { readinessProbe }: Template): Probe {
  const others = HANDLERS.filter((each) => each !== handler && (isUnseen || probe?.[each] !== undefined));
  const { grpc: _, ...timing } = readinessProbe;
  return {
    ...Object.fromEntries(others.map((each) => [each, null])),
    [handler]: value,
    ...(probe === undefined ? timing : {}),
  };
}

function readiness(service: Service, container: Fields, template: Template, reasons: string[]): Fields {
  const { health, port } = service;
  const now = seen(service, container, 'readinessProbe');
  if (health.kind === 'grpc') {
    if (now.probe?.grpc !== undefined) return {};
    reasons.push('readinessProbe: the kubelet asks what Envoy asks, so that a roll waits for pods that really serve');
    return { readinessProbe: withHandler(now, 'grpc', { port, service: health.service }, template) };
  }
  if (now.isUnseen)
    reasons.push('no readinessProbe: the Deployment was not seen. If it has none, add tcpSocket on the port');
  if (now.isUnseen || now.probe !== undefined) return {};
  reasons.push('readinessProbe: without one a pod is ready, and in DNS, before it takes connections');
  return { readinessProbe: withHandler(now, 'tcpSocket', { port }, template) };
}

function liveness(service: Service, container: Fields, template: Template, reasons: string[]): Fields {
  const { health, port } = service;
  const now = seen(service, container, 'livenessProbe');
  const asked = now.probe?.grpc as { service?: string } | undefined;
  if (asked === undefined || health.kind !== 'grpc' || (asked.service ?? '') !== health.service) return {};
  reasons.push('livenessProbe: it asked what readiness asks, so a pod that drains, or is busy, would be restarted');
  return { livenessProbe: withHandler(now, 'tcpSocket', { port }, template) };
}

function preStop({ drainSeconds }: Service, container: Fields, reasons: string[]): Fields {
  const lifecycle = container.lifecycle as { preStop?: unknown } | undefined;
  if (drainSeconds !== undefined || lifecycle?.preStop !== undefined) return {};
  reasons.push(
    'preStop: the pod serves on until every Envoy has looked at DNS, and only then gets SIGTERM (Kubernetes 1.30)',
  );
  return { lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } } };
}

function graceSeconds({ drainSeconds, graceSeconds: today }: Service, container: Fields): number {
  if (drainSeconds !== undefined) return Math.max(today, Math.ceil(drainSeconds) + RESERVE_SECONDS);
  const lifecycle = container.lifecycle as { preStop?: unknown } | undefined;
  return lifecycle?.preStop === undefined ? today + PRE_STOP_SECONDS : today;
}
