// A client of another language as a process (clients/): told whom to call by the headless name, and counted by the ledger
// that it writes to standard output.
import type { Variables } from '../../manifest-reader/pod-manifest';
import type { ClientProcess } from './client-process';
import { type LedgerClientOptions, startLedgerClient } from './ledger-client';

export interface ForeignProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Variables;
}

export interface ForeignClientOptions extends LedgerClientOptions {
  readonly program: ForeignProgram;
  readonly machineEnv: Variables;
  /** `dns://RESOLVER/HOST:PORT` */
  readonly target: string;
}

/** @throws StartError when it cannot be run */
export function startForeignClient(options: ForeignClientOptions): Promise<ClientProcess> {
  const { name, program, machineEnv, target } = options;
  const spec = {
    command: program.command,
    args: [...program.args, '--target', target],
    env: { ...machineEnv, ...program.env, POD_NAME: name },
  };
  return startLedgerClient(spec, options);
}
