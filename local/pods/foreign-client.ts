// A client of another language as a process (clients/): told whom to call by the headless name, and counted by the ledger
// that it writes to standard output.
import type { LedgerLine } from '../../client/outcome';
import type { Variables } from '../../manifest-reader/pod-manifest';
import type { ClientProcess } from './client-process';
import { parseLedgerLine } from './ledger-lines';
import { startProcess, stopProcess } from './process';
import type { Reaper } from './reaper';

export interface ForeignProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Variables;
}

export interface ForeignClientOptions {
  readonly name: string;
  readonly program: ForeignProgram;
  readonly machineEnv: Variables;
  /** `dns://RESOLVER/HOST:PORT` */
  readonly target: string;
  readonly graceMs: number;
  readonly reaper: Reaper;
  readonly onCall?: ((entry: LedgerLine) => void) | undefined;
}

/** @throws StartError when it cannot be run */
export async function startForeignClient(options: ForeignClientOptions): Promise<ClientProcess> {
  const { name, program, machineEnv, target, graceMs, reaper, onCall } = options;
  const running = await startProcess(
    {
      command: program.command,
      args: [...program.args, '--target', target],
      env: { ...machineEnv, ...program.env, POD_NAME: name },
      onLine: (stream, line) => {
        const call = stream === 'stdout' ? parseLedgerLine(line) : undefined;
        if (call !== undefined) onCall?.(call);
      },
    },
    reaper,
  );
  return {
    name,
    pid: running.pid,
    exited: running.exited,
    summary: () => undefined,
    tail: () => running.tail(),
    signal: (signal) => running.signal(signal),
    stop: () => stopProcess(running, graceMs),
  };
}
