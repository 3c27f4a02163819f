// Where hostile requests go: straight to the server, or through the real Envoy to it. What is watched of both meanwhile.
import { readdir, readFile } from 'node:fs/promises';
import type { EnvoySource } from '../../local/envoy/envoy-binary';
import { type OneEnvoy, startOneEnvoy } from '../local/support/one-envoy';
import { type ServerProcess, startServer } from '../server/server-process';

export interface Front {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly watched: readonly Watched[];
  /** What the server wrote that it should not have: text on standard error, lines after its first two. */
  complaints(): readonly string[];
}

interface Watched {
  readonly name: string;
  readonly pid: number;
}

export interface Fronts {
  readonly all: readonly Front[];
  close(): Promise<void>;
}

const NETWORK = '127.77.203';
/** As the container's memory limit does: without it Node lets garbage grow, and a leak could not be told from laziness. */
const NODE_OPTIONS = '--max-old-space-size=96';

/** @param envoy undefined: there is none here, and one front only */
export async function openFronts(envoy: EnvoySource | undefined): Promise<Fronts> {
  const ends: (() => unknown)[] = [];
  const after = (end: unknown) => void ends.unshift(end as () => unknown);
  const direct = await startServer({ after }, { NODE_OPTIONS });
  const all = [front('server', '127.0.0.1', direct.grpcPort, direct)];
  if (envoy !== undefined) {
    const one: OneEnvoy = await startOneEnvoy(envoy, NETWORK);
    ends.push(() => one.close());
    let behind: ServerProcess = direct;
    await one.addServer(async (host, port) => {
      behind = await startServer(
        { after },
        { GRPC_HOST: host, GRPC_PORT: `${port}`, METRICS_HOST: host, NODE_OPTIONS },
      );
      return { stop: () => behind.signal('SIGKILL') };
    });
    const [host = '', port] = one.target.split(':');
    const viaEnvoy = front('Envoy', host, Number(port), behind);
    all.push({ ...viaEnvoy, watched: [{ name: 'Envoy', pid: one.process.pid }, ...viaEnvoy.watched] });
  }
  return {
    all,
    close: async () => {
      for (const end of ends) await end();
    },
  };
}

function front(name: string, host: string, port: number, server: ServerProcess): Front {
  return {
    name,
    host,
    port,
    watched: [{ name: 'server', pid: server.pid }],
    complaints: () => [...server.lines.slice(2).map((line) => JSON.stringify(line)), server.stderr].filter(Boolean),
  };
}

export interface Holdings {
  readonly residentMiB: number;
  readonly descriptors: number;
}

/** What a process holds; undefined when it is gone, or where there is no /proc. */
export async function holdingsOf(pid: number): Promise<Holdings | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kiB = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
    return { residentMiB: kiB / 1024, descriptors: (await readdir(`/proc/${pid}/fd`)).length };
  } catch {
    return undefined;
  }
}
