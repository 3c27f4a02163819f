// Servers that share a port and differ in address, as the pods behind a headless Service do.
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { GreeterServer } from './greeter-server';

// A network of its own, so that no other test has these addresses.
const NETWORK = '127.77.200';

/** Options for a test that needs these addresses: skipped, with the reason, where the machine has none but 127.0.0.1. */
export async function needsAddresses(): Promise<{ skip: false | string }> {
  const address = `${NETWORK}.2`;
  const isThere = await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(0, address, () => probe.close(() => resolve(true)));
  });
  return { skip: isThere ? false : `${address} is not an address of this machine` };
}

/** Starts grpc-server-1, grpc-server-2, … */
export async function startServers(t: TestContext, count: number): Promise<[GreeterServer, ...GreeterServer[]]> {
  const first = await GreeterServer.start(t, { pod: 'grpc-server-1', host: `${NETWORK}.1` });
  const servers: [GreeterServer, ...GreeterServer[]] = [first];
  for (let i = 2; i <= count; i++) {
    servers.push(await GreeterServer.start(t, { pod: `grpc-server-${i}`, host: `${NETWORK}.${i}`, port: first.port }));
  }
  return servers;
}
