// Puts together what the command line, the user's objects and the contract say of a service. Each fact has one place that
// it may come from; where none says it, that is a problem, and nothing is assumed.
import type { Contract } from '../methods/contract';
import { knownServices } from '../methods/kinds';
import type { AdoptOptions } from '../options/options';
import { withoutHealth } from '../service/counter';
import type { Health, Scaling, Service } from '../service/service';
import type { Workload } from '../service/workload';

export interface Facts {
  readonly options: AdoptOptions;
  /** Undefined where the user gave no objects. */
  readonly workload: Workload | undefined;
  /** Undefined where it could not be read, which then is a problem already. */
  readonly contract: Contract | undefined;
  /** Bounds of the shipped autoscaler. */
  readonly shipped: { readonly minReplicas: number; readonly maxReplicas: number };
}

/** @param problems what is missing or does not fit is added there; when there is any, what is returned stands for nothing */
export function knownService({ options, workload, contract, shipped }: Facts, problems: string[]): Service {
  // What is wrong with the objects has been said; what they would have told is not missed once more.
  const isBroken = options.files.length > 0 && workload === undefined;
  const need = <T>(flag: string, expected: string, ...found: readonly (T | undefined)[]): T | undefined => {
    const value = found.find((each) => each !== undefined);
    const isSaid = isBroken && found.length > 1;
    if (value === undefined && !isSaid) problems.push(`--${flag}: expected ${expected}`);
    return value;
  };
  const name = need('service', 'the name of the Deployment', options.service, workload?.name) ?? '';
  const namespace = need('namespace', 'the namespace of the Deployment', options.namespace, workload?.namespace) ?? '';
  if (options.namespace && workload?.namespace && options.namespace !== workload.namespace) {
    problems.push(`--namespace: expected ${workload.namespace}, which the Deployment says, got ${options.namespace}`);
  }
  const missing = problems.length;
  const selector = need(
    'selector',
    'the labels that select the pods, such as app=orders',
    options.selector,
    workload?.selector,
  );
  const container = need('container', 'the name of the container that serves', options.container, workload?.container);
  const graceSeconds = need(
    'grace',
    'terminationGracePeriodSeconds of the pods',
    options.graceSeconds,
    workload?.graceSeconds,
  );
  const bounds = knownScaling({ options, workload, contract, shipped }, name, need);
  if (options.files.length === 0 && problems.length > missing) {
    problems.push(
      'instead of such options give the objects themselves: ' +
        `kubectl -n ${namespace || 'NS'} get deployment,service,hpa,pdb -o yaml | ./deploy-all.sh adopt … -`,
    );
  }
  const port = need('port', 'the port that the pods serve on', options.port, workload?.grpcPort) ?? 0;
  const health = knownHealth(options, workload, contract, problems);
  const portOf = (number: number) => workload?.ports.find((each) => each.number === number);
  return {
    id: options.cluster ?? name,
    name,
    namespace,
    selector: selector ?? {},
    container: container ?? '',
    port,
    portName: portOf(port)?.name,
    health,
    drainSeconds: options.drainSeconds,
    graceSeconds: graceSeconds ?? 0,
    metrics: knownMetrics(options, workload, problems),
    scaling: { ...bounds, counter: knownCounter(options, health, problems) },
    callers: { namespaces: options.clientNamespaces, labels: options.clientSelector },
    services: contract === undefined ? [] : knownServices(contract.services, options.idempotent, problems),
    slowestSeconds: options.slowestSeconds,
    hasBudget: workload?.hasBudget ?? false,
    deployment: workload?.source,
  };
}

type Need = <T>(flag: string, expected: string, ...found: readonly (T | undefined)[]) => T | undefined;

function knownScaling({ options, workload, shipped }: Facts, name: string, need: Need): Omit<Scaling, 'counter'> {
  const { autoscaler, replicas } = workload ?? {};
  // As many as run today at least: the autoscaler's first decision must not take one away. The most keeps our proportion.
  const most = shipped.maxReplicas / shipped.minReplicas;
  const today = replicas === undefined ? undefined : { min: replicas, max: Math.ceil(replicas * most) };
  const bounds = need('replicas', 'the fewest and the most pods, such as 3-10', options.replicas, autoscaler, today);
  const callsPerPod = need(
    'calls-per-pod',
    'how many calls per second one pod is for, such as 50',
    options.callsPerPod,
  );
  return {
    name: autoscaler?.name ?? name,
    minReplicas: bounds?.min ?? 1,
    maxReplicas: bounds?.max ?? 1,
    callsPerPod: callsPerPod ?? 1,
    callsPerEnvoy: options.callsPerEnvoy,
  };
}

function knownCounter(
  { counter, isHealthUncounted }: AdoptOptions,
  health: Health,
  problems: string[],
): string | undefined {
  if (counter === undefined || isHealthUncounted) return counter;
  const calls = withoutHealth(counter);
  // Of a server without a health service Envoy asks for a connection only.
  if (calls !== undefined || health.kind === 'tcp') return calls ?? counter;
  problems.push(
    `--counter: expected which of ${counter} are calls, such as ${counter}{method!="Check"}, or --health-uncounted where ` +
      'health checks are not in it; otherwise each Envoy, which asks every pod for its health all the time, looks like load ' +
      'to the autoscaler',
  );
  return counter;
}

function knownHealth(
  options: AdoptOptions,
  workload: Workload | undefined,
  contract: Contract | undefined,
  problems: string[],
): Health {
  if (options.health?.kind === 'grpc' && contract?.hasHealth === false) {
    problems.push('--health: expected none, since reflection shows no grpc.health.v1.Health');
  }
  if (options.health !== undefined) return options.health;
  if (workload?.healthService !== undefined) return { kind: 'grpc', service: workload.healthService };
  if (contract?.hasHealth !== undefined) return contract.hasHealth ? { kind: 'grpc', service: '' } : { kind: 'tcp' };
  if (options.files.length > 0 && workload === undefined) return { kind: 'tcp' };
  problems.push(
    '--health: expected the name that grpc.health.v1 is asked for ("overall" is the whole server), or none where the ' +
      'server has no such service; no probe tells of one',
  );
  return { kind: 'tcp' };
}

function knownMetrics(
  { counter, metricsPort }: AdoptOptions,
  workload: Workload | undefined,
  problems: string[],
): Service['metrics'] {
  const port = metricsPort ?? workload?.metricsPort;
  if (counter !== undefined && port === undefined) {
    problems.push('--metrics-port: expected where Prometheus reads --counter; no annotation prometheus.io/port tells');
  }
  if (port === undefined) return undefined;
  return { port, portName: workload?.ports.find(({ number }) => number === port)?.name };
}
