// A TCP proxy whose connections can fall silent without ending, as when the machine at the other end lost its power.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface FreezingProxy {
  /** What a client needs to call through this proxy. */
  readonly env: Record<string, string>;
  /** Connections that came so far. */
  readonly connections: number;
  /** Passes nothing on any more on the connections that are open now. New ones work. */
  freeze(): void;
}

export async function startFreezingProxy(t: Pick<TestContext, 'after'>, targetPort: number): Promise<FreezingProxy> {
  const pairs: Array<readonly [Socket, Socket]> = [];
  const server = createServer((downstream) => {
    const upstream = connect(targetPort, '127.0.0.1');
    pairs.push([downstream, upstream]);
    for (const socket of [downstream, upstream]) {
      socket.on('error', () => {
        // Cut at the end of the test, or by the client that gave it up.
      });
    }
    downstream.pipe(upstream);
    upstream.pipe(downstream);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    for (const socket of pairs.flat()) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return {
    env: { GRPC_SERVER_DOMAIN: '127.0.0.1', GRPC_SERVER_PORT: String(port) },
    get connections() {
      return pairs.length;
    },
    freeze() {
      for (const [downstream, upstream] of pairs) {
        downstream.unpipe(upstream).pause();
        upstream.unpipe(downstream).pause();
      }
    },
  };
}
