import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Server, ServerCredentials, type ServiceError, status } from '@grpc/grpc-js';
import { HealthImplementation, service as healthService } from 'grpc-health-check';
import { accepts, askHealth, probeOnce } from '../../../../local/pods/readiness';

const HOST = '127.77.121.1';
const PATIENT_MS = 20_000;

async function listen(prepare: (server: Server) => void): Promise<{ server: Server; port: number }> {
  const server = new Server();
  prepare(server);
  const port = await new Promise<number>((resolve, reject) => {
    const done = (error: Error | null, bound: number) => (error ? reject(error) : resolve(bound));
    server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), done);
  });
  return { server, port };
}

const refusing = (code: number) => (server: Server) => {
  const refuse = (_: unknown, callback: (error: Partial<ServiceError>) => void) => callback({ code, details: 'no' });
  server.addService(healthService, { Check: refuse, Watch: () => {} });
};

describe('askHealth()', () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) server.forceShutdown();
  });

  for (const [what, prepare, health] of [
    [
      'a server that serves',
      (server: Server) => new HealthImplementation({ '': 'SERVING' }).addToServer(server),
      'serving',
    ],
    [
      'one that does not',
      (server: Server) => new HealthImplementation({ '': 'NOT_SERVING' }).addToServer(server),
      'not-serving',
    ],
    [
      'one that knows other names',
      (server: Server) => new HealthImplementation({ x: 'SERVING' }).addToServer(server),
      'not-serving',
    ],
    ['one without the service', () => {}, 'absent'],
    ['one that wants to know who asks', refusing(status.UNAUTHENTICATED), 'absent'],
    ['one that fails', refusing(status.INTERNAL), 'silent'],
  ] as const) {
    it(`says ${health} of ${what}`, async () => {
      const { server, port } = await listen(prepare);
      servers.push(server);
      assert.equal(await askHealth(`${HOST}:${port}`, '', PATIENT_MS), health);
    });
  }
});

describe('accepts() and a tcpSocket probe', () => {
  const server = createServer();
  let port: number;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    port = (server.address() as AddressInfo).port;
  });

  it('is true where something listens, and false where nothing does', async () => {
    const probe = { check: { kind: 'tcp', port }, periodMs: 1, timeoutMs: PATIENT_MS, failureThreshold: 1 } as const;
    assert.equal(await accepts(HOST, port, PATIENT_MS), true);
    assert.equal(await probeOnce(HOST, probe), true);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await accepts(HOST, port, PATIENT_MS), false);
    assert.equal(await probeOnce(HOST, probe), false);
  });
});
