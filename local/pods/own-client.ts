// A client whose program is the reader's own: a command with a target to call. Owns what the command is told and its output;
// lines of a ledger are understood if it writes any.
import type { Variables } from '../../manifest-reader/pod-manifest';
import type { ClientProcess } from './client-process';
import { type LedgerClientOptions, startLedgerClient } from './ledger-client';
import { shell, variablesOf } from './own-server';
import { fillIn } from './placeholders';
import type { SignalGroup } from './process';

/** What `--client` may say, and the variables with the same values; docs/local-stack.md has the same lines. */
export const CLIENT_WORDS = {
  target: ['TARGET'],
  targets: ['TARGETS'],
  dns_target: ['DNS_TARGET'],
  pod: ['POD_NAME'],
} as const;

export interface OwnClientOptions extends LedgerClientOptions {
  readonly command: string;
  /** The environment of the reader, and what the manifest says of the client. */
  readonly env: Variables;
  /** What stands for Envoy's Service with a cluster IP: `host:port`. */
  readonly target: { readonly host: string; readonly port: number };
  /** Each Envoy, `host:port`. */
  readonly targets: readonly string[];
  /** Envoy's headless name, and the server that answers for it: `dns://…/…:8443`. */
  readonly dnsTarget: string;
  readonly signalGroup: SignalGroup;
}

/** @throws StartError when there is no shell to run it */
export function startOwnClient(options: OwnClientOptions): Promise<ClientProcess> {
  const { name, command, env, target, targets, dnsTarget, signalGroup } = options;
  const values = {
    target: `${target.host}:${target.port}`,
    targets: targets.join(','),
    dns_target: dnsTarget,
    pod: name,
  };
  const spec = {
    ...shell(fillIn(command, values)),
    env: {
      ...env,
      GRPC_SERVER_DOMAIN: target.host,
      GRPC_SERVER_PORT: String(target.port),
      ...variablesOf(CLIENT_WORDS, values),
    },
    signalGroup,
  };
  return startLedgerClient(spec, options);
}
