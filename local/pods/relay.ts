// A TCP relay: what connects to one address is connected to another one, byte by byte. It plays kube-proxy for a name with a
// cluster IP, and gives an address of its own to a server that can only choose its port.
import { connect, createServer, type Socket } from 'node:net';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Relay {
  /** Ends every connection, and takes no more. */
  close(): Promise<void>;
}

/** @param to where the next connection goes; none is taken while it is undefined. Rejects when `at` cannot be had. */
export async function startRelay(at: Endpoint, to: () => Endpoint | undefined): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (caller) => {
    const target = to();
    if (target === undefined) return void caller.resetAndDestroy();
    const callee = connect({ ...target, allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => cut(other));
      socket.on('close', () => {
        sockets.delete(socket);
        if (!socket.readableEnded) other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...at, exclusive: true }, resolve);
  });
  return {
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) cut(socket);
      return closed;
    },
  };
}

/** Breaks a connection so that the other end knows. One whose own side has ended cannot be reset any more: it would stay. */
function cut(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
