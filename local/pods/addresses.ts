// Loopback addresses for processes that stand for pods: gives out the next one, as a new pod gets a new IP, and checks
// before a start that nothing else listens there. Knows nothing of what will run on them.
import { createServer } from 'node:net';
import { StartError } from '../../runtime/errors';

export interface AddressPool {
  /** The next free address after the one handed out last. @throws StartError when all are held. */
  take(): string;
  readonly hasFree: boolean;
  /** Gives an address back. */
  release(address: string): void;
}

/** The addresses `NETWORK.first` to `NETWORK.last`. */
export function createAddressPool(network: string, first: number, last: number): AddressPool {
  const held = new Set<string>();
  const count = last - first + 1;
  let next = 0;
  return {
    take: () => {
      for (let step = 0; step < count; step++) {
        const address = `${network}.${first + ((next + step) % count)}`;
        if (held.has(address)) continue;
        held.add(address);
        next = (next + step + 1) % count;
        return address;
      }
      throw new StartError(`all addresses ${network}.${first} to ${network}.${last} are in use`);
    },
    get hasFree() {
      return held.size < count;
    },
    release: (address) => void held.delete(address),
  };
}

/** Listens for a moment on `host:port`. Rejects with the error of the system when that does not work. */
export type TryListen = (host: string, port: number) => Promise<void>;

export const tryListen: TryListen = (host, port) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });

export interface Binding {
  readonly host: string;
  readonly ports: readonly number[];
}

/** @throws StartError saying which address is the trouble, and what to do about it. */
export async function assertFree(bindings: readonly Binding[], listen: TryListen = tryListen): Promise<void> {
  const missing: string[] = [];
  for (const { host, ports } of bindings) {
    for (const port of ports) {
      try {
        await listen(host, port);
      } catch (cause) {
        const { code, message } = cause as NodeJS.ErrnoException;
        if (code === 'EADDRINUSE') throw new StartError(taken(host, port), { cause });
        if (code !== 'EADDRNOTAVAIL') throw new StartError(`cannot listen on ${host}:${port}: ${message}`, { cause });
        missing.push(host);
        break;
      }
    }
  }
  if (missing.length > 0) throw new StartError(notOfThisMachine(missing));
}

function taken(host: string, port: number): string {
  return (
    `${host}:${port} is in use. Perhaps another local stack is running: stop it, ` +
    'or give this one other addresses with --network 127.0.1'
  );
}

/** All at once, so that there is one line to type. */
function notOfThisMachine(hosts: readonly string[]): string {
  return (
    `${hosts.join(', ')}: not among the addresses of this machine. On macOS, add them first:\n` +
    `  for address in ${hosts.join(' ')}; do sudo ifconfig lo0 alias $address up; done`
  );
}
