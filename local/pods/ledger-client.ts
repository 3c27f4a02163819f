// A client whose program is not this project's, as a process: its calls are read from the ledger that it may write to
// standard output, and it says nothing of itself when it ends.
import type { LedgerLine } from '../../client/outcome';
import type { ClientProcess } from './client-process';
import { parseLedgerLine } from './ledger-lines';
import { type ProcessSpec, startProcess, stopProcess } from './process';
import type { Reaper } from './reaper';

export interface LedgerClientOptions {
  readonly name: string;
  readonly graceMs: number;
  readonly reaper: Reaper;
  readonly onCall?: ((entry: LedgerLine) => void) | undefined;
  /** Called for each line that is no call. */
  readonly onLog?: ((line: string) => void) | undefined;
}

/** @throws StartError when the program cannot be run */
export async function startLedgerClient(
  spec: Omit<ProcessSpec, 'onLine'>,
  { name, graceMs, reaper, onCall, onLog }: LedgerClientOptions,
): Promise<ClientProcess> {
  const onLine: ProcessSpec['onLine'] = (stream, line) => {
    const call = stream === 'stdout' ? parseLedgerLine(line) : undefined;
    if (call === undefined) onLog?.(line);
    else onCall?.(call);
  };
  const running = await startProcess({ ...spec, onLine }, reaper);
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
