// A server in a separate thread, so that it says GOAWAY while the test's thread is busy.
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { answerOk } from './http2-server';

export interface GoawayServer {
  readonly port: number;
  /** Says on every connection that streams already on their way are welcome and further ones are not. */
  sayGoaway(): void;
}

export async function startGoawayServer(t: Pick<TestContext, 'after'>): Promise<GoawayServer> {
  const worker = new Worker(__filename, { execArgv: ['-r', require.resolve('../support/typescript.cjs')] });
  t.after(() => worker.terminate());
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return { port, sayGoaway: () => worker.postMessage('goaway') };
}

/** What Envoy and grpc-js send first: no stream is refused yet. */
const ANY_STREAM = 2 ** 31 - 1;

if (!isMainThread) {
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.on('data', () => {});
    stream.on('end', () => answerOk()(stream, () => {}));
  });
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
  parentPort?.on('message', () => {
    for (const session of sessions) session.goaway(0, ANY_STREAM);
  });
}
