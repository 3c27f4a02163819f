// Pods that stand in for the boxes of the picture on a real network: same namespace, labels and ports, so the same network
// policies, but a program that listens and connects as it is told. They are never ready: no Service sends them a call.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { objects } from '../support/cluster-state';
import { waitFor } from '../support/condition';
import { type Kubernetes, kubectl } from '../support/kubernetes';
import { type Box, PROXY_PORT } from '../support/picture';

const LABEL = 'grpc-load-balancing/test';
const SELECTOR = `${LABEL}=stand-in`;
const STARTED_WITHIN_MS = 90_000;

export interface StandIn {
  readonly box: Box;
  readonly pod: string;
  readonly address: string;
}

export interface Target {
  /** What the result calls it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly expectOpen: boolean;
}

/** One pod per box, in the image of the deployed client; they listen on the ports of their boxes and on a proxy's. */
export async function startStandIns(kubernetes: Kubernetes, boxes: readonly Box[]): Promise<readonly StandIn[]> {
  const text = await kubectl(kubernetes, '-n', 'grpc-client', 'get', 'deployment', 'grpc-client', '-o', 'json');
  const { spec } = (JSON.parse(text) as { spec: { template: { spec: ClientSpec } } }).spec.template;
  await removeStandIns(kubernetes);
  const folder = await mkdtemp(path.join(tmpdir(), 'stand-ins-'));
  try {
    const file = path.join(folder, 'pods.json');
    const items = boxes.map((box) => podOf(box, spec));
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await kubectl(kubernetes, 'create', '-f', file);
  } finally {
    await rm(folder, { recursive: true });
  }
  const addresses = await waitFor('the stand-ins run', STARTED_WITHIN_MS, async () => {
    const pods = await objects(kubernetes, 'pods', '--all-namespaces', '-l', SELECTOR);
    const found = new Map(pods.map(({ metadata, status }) => [metadata.name, status]));
    const running = boxes.map((box) => found.get(podName(box))).filter((status) => status?.phase === 'Running');
    return running.length === boxes.length ? running.map((status) => String(status?.podIP)) : undefined;
  });
  return boxes.map((box, index) => ({ box, pod: podName(box), address: addresses[index] ?? '' }));
}

export async function removeStandIns(kubernetes: Kubernetes): Promise<void> {
  await kubectl(kubernetes, 'delete', 'pods', '--all-namespaces', '-l', SELECTOR, '--ignore-not-found');
}

/** Runs a command in a stand-in and returns its standard output. */
export function runIn(kubernetes: Kubernetes, { box, pod }: StandIn, ...command: string[]): Promise<string> {
  return kubectl(kubernetes, '-n', box.namespace, 'exec', pod, '--', ...command);
}

/**
 * The names of those targets that take a connection of the stand-in. Network plugins learn of a new pod with a delay:
 * tries all of them again until all is as expected, for 20 s at most, and returns what it saw last.
 */
export async function openTo(
  kubernetes: Kubernetes,
  standIn: StandIn,
  targets: readonly Target[],
): Promise<readonly string[]> {
  const text = await runIn(kubernetes, standIn, 'node', '-e', CONNECT, JSON.stringify(targets));
  return JSON.parse(text) as string[];
}

const LISTEN = `
for (const port of process.argv.slice(1)) {
  require('node:net').createServer((socket) => socket.on('error', () => {}).end()).listen(Number(port), '0.0.0.0');
}`;

const CONNECT = `
const { connect } = require('node:net');
const targets = JSON.parse(process.argv[1]);
const isOpen = ({ host, port }) => new Promise((resolve) => {
  const socket = connect({ host, port, timeout: 3000 });
  const end = (open) => { socket.destroy(); resolve(open); };
  socket.on('connect', () => end(true)).on('timeout', () => end(false)).on('error', () => end(false));
});
(async () => {
  const startedMs = Date.now();
  for (;;) {
    const open = await Promise.all(targets.map(isOpen));
    const isExpected = targets.every(({ expectOpen }, index) => open[index] === expectOpen);
    if (isExpected || Date.now() - startedMs > 20000) {
      console.log(JSON.stringify(targets.filter((_, index) => open[index]).map(({ name }) => name)));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
})();`;

interface ClientSpec {
  readonly securityContext: object;
  readonly imagePullSecrets?: object[];
  readonly containers: readonly { image: string; imagePullPolicy: string; securityContext: object }[];
}

function podName({ name }: Box): string {
  return `stand-in-${name}`;
}

function podOf(box: Box, { securityContext, imagePullSecrets, containers: [client] }: ClientSpec): object {
  const ports = Object.entries(box.ports).map(([name, containerPort]) => ({ name, containerPort }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(box),
      namespace: box.namespace,
      labels: { ...box.labels, [LABEL]: 'stand-in' },
      // A proxy beside it would take every connection before it meets a policy.
      annotations: { 'linkerd.io/inject': 'disabled' },
    },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      // Nothing ever says that this is so.
      readinessGates: [{ conditionType: `${LABEL}-never` }],
      securityContext,
      imagePullSecrets,
      containers: [
        {
          name: 'stand-in',
          image: client?.image,
          imagePullPolicy: client?.imagePullPolicy,
          command: ['node', '-e', LISTEN, ...[PROXY_PORT, ...Object.values(box.ports)].map(String)],
          ports,
          resources: { requests: { cpu: '1m', memory: '32Mi' }, limits: { memory: '192Mi' } },
          securityContext: client?.securityContext,
        },
      ],
    },
  };
}
