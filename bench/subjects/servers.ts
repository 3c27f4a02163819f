// Servers that are asked directly: this project's, and its peers. All answer the same request with the same bytes.
import * as path from 'node:path';
import type { Variables } from '../../manifest-reader/pod-manifest';
import { POD_NAME } from '../measure/generator';
import type { Stage, Started, Subject } from './subject';

export const GRPC_PORT = 50051;
const METRICS_PORT = 9464;

/** No client is left when a block ends, so there is nothing to drain. */
const AT_ONCE: Variables = { DRAIN_DELAY_MS: '0', GRACE_MS: '0' };

/** A Node.js to run a server with. */
export interface NodeProgram {
  readonly file: string;
  /** `20.20.2` */
  readonly version: string;
}

export interface OurServer {
  readonly id: string;
  readonly label: string;
  /** A checkout of the project, with `dist/` built. */
  readonly root: string;
  /** Variables beside the ones that every server gets. */
  readonly env: Variables;
}

/** The compiled server as the image runs it: metrics on, log at `info`, reflection on. */
export function ourServer({ id, label, root, env }: OurServer, node: NodeProgram, machineEnv: Variables): Subject {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return {
    id,
    label,
    detail: [`server/main.ts, compiled, Node ${node.version}`, ...settings].join(', '),
    start: (stage) =>
      startServer(stage, (host) => ({
        command: node.file,
        args: [path.join(root, 'dist', 'server', 'main.js')],
        env: {
          ...machineEnv,
          ...common(host),
          METRICS_HOST: host,
          METRICS_PORT: String(METRICS_PORT),
          ...AT_ONCE,
          ...env,
        },
      })),
  };
}

export interface Peer {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  /** A file of bench/peers. */
  readonly file: string;
}

export interface PeerPlace {
  readonly root: string;
  /** `node_modules` with the peers' packages. */
  readonly modules: string;
}

export function peerServer(
  peer: Peer,
  node: NodeProgram,
  { root, modules }: PeerPlace,
  machineEnv: Variables,
): Subject {
  const { id, label, detail, file } = peer;
  return {
    id,
    label,
    detail: `${detail}, Node ${node.version}`,
    start: (stage) =>
      startServer(stage, (host) => ({
        command: node.file,
        args: [path.join(root, 'bench', 'peers', file)],
        env: {
          ...machineEnv,
          ...common(host),
          NODE_PATH: modules,
          PROTO: path.join(root, 'proto', 'greeter.proto'),
        },
      })),
  };
}

/** The program of bench/go/server. */
export function goServer(file: string, version: string, machineEnv: Variables): Subject {
  return {
    id: 'grpc-go',
    label: 'grpc-go',
    detail: `grpc-go ${version}, messages read and written by hand, one CPU (GOMAXPROCS=1)`,
    start: (stage) => startServer(stage, (host) => goServerSpec(file, [host], machineEnv)),
  };
}

/** One process that listens on all of `hosts`. */
export function goServerSpec(file: string, hosts: readonly string[], machineEnv: Variables) {
  return {
    command: file,
    args: ['-listen', hosts.map((host) => `${host}:${GRPC_PORT}`).join(','), '-pod', POD_NAME],
    env: { ...machineEnv, GOMAXPROCS: '1' },
  };
}

const common = (host: string): Variables => ({
  NODE_ENV: 'production',
  POD_NAME,
  GRPC_HOST: host,
  GRPC_PORT: String(GRPC_PORT),
});

async function startServer(stage: Stage, specAt: (host: string) => Parameters<Stage['start']>[0]): Promise<Started> {
  const host = stage.address();
  const pid = await stage.start(specAt(host), 'measured');
  await stage.listening(host, GRPC_PORT);
  return { targets: [`${host}:${GRPC_PORT}`], hops: { server: [pid] } };
}
