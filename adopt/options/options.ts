// The command line of adopt. Parses and checks; reports every problem at once; reads no file.
import { DURATION_GRAMMAR } from '../../command-line/duration';
import { readFlags } from '../../command-line/flags';
import { DEFAULT_CALLS_PER_ENVOY } from '../service/envoy-load';
import type { Health, Labels } from '../service/service';
import * as values from './values';

export interface AdoptOptions {
  readonly service: string | undefined;
  readonly namespace: string | undefined;
  readonly port: number | undefined;
  readonly selector: Labels | undefined;
  readonly container: string | undefined;
  readonly graceSeconds: number | undefined;
  readonly protos: readonly string[];
  readonly reflect: string | undefined;
  readonly idempotent: readonly string[] | undefined;
  readonly slowestSeconds: number | undefined;
  readonly health: Health | undefined;
  readonly drainSeconds: number | undefined;
  readonly callsPerPod: number | undefined;
  readonly callsPerEnvoy: number | undefined;
  readonly replicas: { readonly min: number; readonly max: number } | undefined;
  readonly counter: string | undefined;
  /** The user says that the counter has no health checks in it. */
  readonly isHealthUncounted: boolean;
  readonly metricsPort: number | undefined;
  readonly clientNamespaces: readonly string[];
  readonly clientSelector: Labels | undefined;
  readonly cluster: string | undefined;
  readonly out: string;
  /** Files with the user's objects; `-` is standard input. */
  readonly files: readonly string[];
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: AdoptOptions; readonly problems: readonly string[] }
  | { readonly kind: 'help' };

export const DEFAULT_OUT = 'adopted';

export const USAGE = `Usage: ./deploy-all.sh adopt [options] [FILE…|-]

Writes a folder of YAML that puts Envoy before a gRPC service of yours, made from the YAML of this project, and
NEXT-STEPS.md, which says in which order to apply it. Changes nothing in a cluster.

FILE      your Deployment and its Service, also your autoscaler and disruption budget; "-" is standard input:
          kubectl -n shop get deployment,service,hpa,pdb orders -o yaml | ./deploy-all.sh adopt … -

What calls are:
  --proto FILE[,FILE]       the .proto files of the service, or
  --reflect HOST:PORT       a running server that has reflection (without TLS)
  --idempotent Get*,List*   unary methods that may be executed twice without harm, or none. Envoy asks only these again.
                            Methods whose idempotency_level says so need not be named
  --slowest TIME            the slowest honest answer of those methods (default: below half of the shipped limit of 2s)

How pods behave:
  --health NAME             what grpc.health.v1 is asked for; "overall" is the whole server; "none": it has no such service
  --drains TIME             on SIGTERM the server says NOT_SERVING, goes on serving, and ends after at most TIME
                            (default: it does not; the patch gives it a preStop that waits)
  --calls-per-pod N         calls per second that one pod is for: what the autoscaler aims at
  --calls-per-envoy N       the same for an Envoy, which all services share
                            (default: ${DEFAULT_CALLS_PER_ENVOY}, or what a pod is for if that is more)
  --counter SERIES          the server's own counter of calls, as NAME_total or NAME_total{label!="x"}, read where the pod's
                            prometheus.io/port says (default: Envoy counts, which needs nothing of the server). Health checks
                            must not count: of the gRPC libraries in docs/autoscaling.md adopt leaves them out, of another
                            counter the labels say what counts, or:
  --health-uncounted        health checks are not in --counter

Needed where the files do not say it:
  --service NAME            the Deployment's name          --namespace NS           its namespace
  --port N                  the port of the pods           --selector K=V[,K=V]     the labels that select them
  --container NAME          the container that serves      --grace TIME             terminationGracePeriodSeconds
  --replicas MIN-MAX        bounds of the autoscaler       --metrics-port N         where Prometheus reads --counter

Further:
  --client-namespace NS[,NS]  who may call Envoy (default: every namespace)
  --client-selector K=V       and of their pods only these
  --cluster NAME              the service's name among Envoy's clusters (default: the Deployment's)
  --out DIR                   where to write (default ${DEFAULT_OUT}). If DIR holds services adopted before, this one is
                              added behind the same Envoys
  --help                      this text

TIME is ${DURATION_GRAMMAR}.
Exit code: 0 written, 1 failed, 2 called wrongly: then nothing was written.

Examples:
  ./deploy-all.sh adopt --proto orders.proto --idempotent 'Get*,List*' --calls-per-pod 50 --out shop orders.yaml
  kubectl -n shop get deployment,service,hpa,pdb orders -o yaml |
    ./deploy-all.sh adopt --reflect localhost:9090 --idempotent none --calls-per-pod 50 -
  ./deploy-all.sh doctor shop/
`;

const text = { type: 'string' } as const;
const FLAGS = {
  service: text,
  namespace: text,
  port: text,
  selector: text,
  container: text,
  grace: text,
  proto: text,
  reflect: text,
  idempotent: text,
  slowest: text,
  health: text,
  drains: text,
  'calls-per-pod': text,
  'calls-per-envoy': text,
  replicas: text,
  counter: text,
  'health-uncounted': { type: 'boolean' },
  'metrics-port': text,
  'client-namespace': text,
  'client-selector': text,
  cluster: text,
  out: text,
  help: { type: 'boolean', short: 'h' },
} as const;

const NAME = 'a name of Kubernetes such as orders (small letters, digits, "-")';
const LABELS = 'labels such as app=orders,tier=api';
const PORT = 'a port, 1-65535';

export function parseOptions(args: readonly string[]): ParsedOptions {
  const problems: string[] = [];
  const flags = readFlags(args, FLAGS, problems);
  if (flags.has('help')) return { kind: 'help' };
  const options: AdoptOptions = {
    service: flags.read('service', NAME, values.kubernetesName),
    namespace: flags.read('namespace', NAME, values.kubernetesName),
    port: flags.read('port', PORT, values.port),
    selector: flags.read('selector', LABELS, values.labels),
    container: flags.read('container', NAME, values.kubernetesName),
    graceSeconds: flags.read('grace', DURATION_GRAMMAR, values.seconds),
    protos: flags.text('proto')?.split(',') ?? [],
    reflect: flags.read('reflect', 'an address such as localhost:9090', values.hostAndPort),
    idempotent: flags.read('idempotent', 'names of methods such as Get*,ListOrders, or none', values.patterns),
    slowestSeconds: flags.read('slowest', DURATION_GRAMMAR, values.seconds),
    health: flags.read('health', 'a name that grpc.health.v1 knows, overall, or none', readHealth),
    drainSeconds: flags.read('drains', DURATION_GRAMMAR, values.seconds),
    callsPerPod: flags.read('calls-per-pod', 'calls per second, a number such as 50 or 0.3', values.rate),
    callsPerEnvoy: flags.read('calls-per-envoy', 'calls per second, a number such as 500', values.rate),
    replicas: flags.read('replicas', 'two numbers of pods such as 3-10', values.range),
    counter: flags.read('counter', 'a counter such as grpc_server_handled_total', values.counter),
    isHealthUncounted: flags.has('health-uncounted'),
    metricsPort: flags.read('metrics-port', PORT, values.port),
    clientNamespaces: flags.read('client-namespace', 'namespaces such as web,batch', values.names) ?? [],
    clientSelector: flags.read('client-selector', LABELS, values.labels),
    cluster: flags.read('cluster', NAME, values.kubernetesName),
    out: flags.text('out') ?? DEFAULT_OUT,
    files: flags.words,
  };
  if (flags.has('proto') === flags.has('reflect')) problems.push('--proto and --reflect: expected one of them');
  if (flags.has('client-selector') && !flags.has('client-namespace')) {
    problems.push('--client-selector: expected --client-namespace beside it');
  }
  if (options.health?.kind === 'tcp' && flags.has('drains')) {
    problems.push('--drains: expected a health service that says NOT_SERVING, got --health none');
  }
  for (const name of ['metrics-port', 'health-uncounted'] as const) {
    if (flags.has(name) && !flags.has('counter')) problems.push(`--${name}: expected --counter beside it`);
  }
  return { kind: 'run', options, problems };
}

function readHealth(word: string): Health | undefined {
  if (word === 'none') return { kind: 'tcp' };
  if (word === 'overall') return { kind: 'grpc', service: '' };
  return /^[\w.-]+$/.test(word) ? { kind: 'grpc', service: word } : undefined;
}
