// A grpc-client as a process: the compiled client with the environment of its Deployment, its calls as they happen, and
// its log lines.
import * as path from 'node:path';
import type { LedgerLine } from '../../client/outcome';
import type { Summary } from '../../client/summary';
import type { PodManifest, Variables } from '../../manifest-reader/pod-manifest';
import { jsonObject } from '../../runtime/json-object';
import type { ForeignProgram } from './foreign-client';
import { parseLedgerLine } from './ledger-lines';
import { podEnv } from './pod-env';
import { type ExitStatus, type RunningProcess, startProcess, stopProcess } from './process';
import type { Reaper } from './reaper';

/** What differs from the manifests; docs/local-stack.md has the same lines. */
export const CLIENT_CHANGES = [
  'the client asks the DNS server of the local stack (DNS_SERVER, GRPC_NODE_USE_ALTERNATIVE_RESOLVER)',
  'the client serves its metrics on a free port of 127.0.0.1 (METRICS_HOST, METRICS_PORT)',
  'the client writes its ledger to standard output, where the stack reads it (LEDGER)',
] as const;

export interface ClientOptions {
  /** What it calls itself (POD_NAME); default is the next of its Deployment. */
  readonly name?: string;
  /** Replaces values of the manifest: RATE, INTERVAL_MS, LB_POLICY, … */
  readonly env?: Variables;
  /** A client of another language in place of this project's. */
  readonly program?: ForeignProgram;
  /** Called for each finished call. */
  readonly onCall?: (entry: LedgerLine) => void;
  /** Called for each line of its log. */
  readonly onLog?: (line: string) => void;
}

export interface ClientProcess {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  /** What it said of itself when it ended; undefined before, and when it died. */
  summary(): Summary | undefined;
  /** The last lines of its log. */
  tail(): readonly string[];
  signal(signal: NodeJS.Signals): void;
  /** Lets calls in flight end, up to the manifest's grace period. */
  stop(): Promise<ExitStatus>;
}

export interface ClientContext {
  readonly manifest: PodManifest;
  readonly root: string;
  readonly nodePath: string;
  readonly machineEnv: Variables;
  /** `host:port` */
  readonly dnsServer: string;
  readonly reaper: Reaper;
}

const LOOPBACK = '127.0.0.1';
const LAST_LINES = 4;

export async function startClientProcess(
  name: string,
  { env = {}, onCall, onLog }: ClientOptions,
  { manifest, root, nodePath, machineEnv, dnsServer, reaper }: ClientContext,
): Promise<ClientProcess> {
  let summary: Summary | undefined;
  const lastLines: string[] = [];
  const onLine = (stream: 'stdout' | 'stderr', line: string) => {
    const call = stream === 'stdout' ? parseLedgerLine(line) : undefined;
    if (call !== undefined) return onCall?.(call);
    lastLines.push(line);
    if (lastLines.length > LAST_LINES) lastLines.shift();
    const entry = line.includes('"summary"') ? jsonObject(line) : undefined;
    if (entry?.msg === 'summary') summary = entry as unknown as Summary;
    onLog?.(line);
  };
  const running: RunningProcess = await startProcess(
    {
      command: nodePath,
      args: [path.join(root, 'dist', 'client', 'main.js')],
      env: {
        ...machineEnv,
        ...podEnv(manifest, name, LOOPBACK),
        METRICS_HOST: LOOPBACK,
        METRICS_PORT: '0',
        LEDGER: '-',
        DNS_SERVER: dnsServer,
        GRPC_NODE_USE_ALTERNATIVE_RESOLVER: 'true',
        ...env,
      },
      onLine,
    },
    reaper,
  );
  return {
    name,
    pid: running.pid,
    exited: running.exited,
    summary: () => summary,
    tail: () => lastLines,
    signal: (signal) => running.signal(signal),
    stop: () => stopProcess(running, manifest.terminationGraceMs),
  };
}
