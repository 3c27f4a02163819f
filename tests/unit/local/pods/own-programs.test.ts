import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { describe, it } from 'node:test';
import type { LedgerLine } from '../../../../client/outcome';
import { startOwnClient } from '../../../../local/pods/own-client';
import { grpcPortOf, type OwnServerOptions, ownServerBlueprint } from '../../../../local/pods/own-server';
import type { Reaper } from '../../../../local/pods/reaper';
import { type Manifests, readManifests } from '../../../../manifest-reader/manifests';
import { ROOT } from '../../../support/read-manifests';

const ADDRESS = '127.77.122.11';
const REAPER: Reaper = { watch: () => {}, forget: () => {}, close: () => Promise.resolve() };
const MANIFESTS = readManifests(ROOT);
const PORT = String(MANIFESTS.server.ports.grpc);

const optionsFor = (command: string, manifests: Manifests = MANIFESTS): OwnServerOptions => ({
  manifests,
  command,
  env: { HOME: '/home/me', POD_NAME: 'mine', LOG_LEVEL: 'mine' },
  signalGroup: () => {},
  reaper: REAPER,
});

const withPorts = (ports: Readonly<Record<string, number>>): Manifests => ({
  ...MANIFESTS,
  server: { ...MANIFESTS.server, ports },
});

describe('ownServerBlueprint()', () => {
  it('tells the command and its environment where to listen', async () => {
    const blueprint = ownServerBlueprint(optionsFor('run {address} {port} {metrics_port} {pod}'));
    const spec = await blueprint.prepare('grpc-server-1', ADDRESS);
    const metricsPort = String(MANIFESTS.server.scrape?.port);
    assert.deepEqual(
      [spec.command, spec.args],
      ['/bin/sh', ['-c', `trap : TERM INT\nrun ${ADDRESS} ${PORT} ${metricsPort} grpc-server-1`]],
    );
    const { HOST, GRPC_HOST, GRPC_PORT, METRICS_PORT, POD_NAME, HOME, LOG_LEVEL } = spec.env;
    assert.deepEqual(
      [HOST, GRPC_HOST, spec.env.PORT, GRPC_PORT, METRICS_PORT],
      [ADDRESS, ADDRESS, PORT, PORT, metricsPort],
    );
    // The reader's own variables, those of the Deployment over them, and the pod's over both.
    assert.deepEqual([HOME, LOG_LEVEL, POD_NAME], ['/home/me', MANIFESTS.server.env.LOG_LEVEL, 'grpc-server-1']);
  });

  it('relays what comes to the address to the server’s own port, until the server has ended', async (context) => {
    const blueprint = ownServerBlueprint(optionsFor('run {address} {own_port} {metrics_port}'));
    const spec = await blueprint.prepare('grpc-server-1', ADDRESS);
    context.after(() => spec.onExit?.());
    const [, address = '', ownPort = '', metricsPort] = spec.args[1]?.split('\n')[1]?.split(' ') ?? [];
    assert.equal(address, '127.0.0.1');
    assert.equal(new Set([PORT, ownPort, metricsPort]).size, 3);
    const server = createServer((socket) => socket.on('error', () => {}).end('hello'));
    await new Promise<void>((resolve) => server.listen(Number(ownPort), resolve));
    const answer = () =>
      new Promise<string>((resolve) => {
        const socket = connect(Number(PORT), ADDRESS);
        socket.on('data', (data) => resolve(String(data))).on('error', ({ message }) => resolve(message));
      });
    assert.equal(await answer(), 'hello');
    spec.onExit?.();
    assert.match(await answer(), /ECONNREFUSED/);
    server.close();
  });

  it('says which port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(Number(PORT), ADDRESS, resolve));
    try {
      await assert.rejects(ownServerBlueprint(optionsFor('run')).prepare('grpc-server-1', ADDRESS), /is in use/);
    } finally {
      other.close();
    }
  });

  it('asks a server without a probe, or behind a relay, for its health', () => {
    const withProbe = (readiness: Manifests['server']['readiness']) => ({
      ...MANIFESTS,
      server: { ...MANIFESTS.server, readiness },
    });
    const http = {
      check: { kind: 'http', port: 1, path: '/' },
      periodMs: 1,
      timeoutMs: 1,
      failureThreshold: 1,
    } as const;
    const checkOf = (command: string, readiness: Manifests['server']['readiness']) =>
      ownServerBlueprint(optionsFor(command, withProbe(readiness))).manifest.readiness?.check;
    const health = { kind: 'grpc', port: Number(PORT), service: '' };
    assert.deepEqual(checkOf('run', undefined), health);
    assert.deepEqual(checkOf('run', http), http.check);
    assert.deepEqual(checkOf('run {own_port}', http), health);
  });
});

describe('grpcPortOf()', () => {
  for (const [what, ports, expected] of [
    ['the one called grpc', { grpc: 1, other: 2 }, 1],
    ['the only one', { http: 2 }, 2],
    ['Envoy’s, where there are several', { a: 2, b: 3 }, MANIFESTS.serverCluster.port],
    ['Envoy’s, where there is none', {}, MANIFESTS.serverCluster.port],
  ] as const) {
    it(`is ${what}`, () => assert.equal(grpcPortOf(withPorts(ports)), expected));
  }
});

describe('startOwnClient()', () => {
  it('tells the command whom to call, and takes lines of a ledger for calls', async () => {
    const calls: LedgerLine[] = [];
    const lines: string[] = [];
    const call = { seq: 1, intendedMs: 1, sentMs: 1, latencyMs: 1, code: 'OK', pod: 'p', via: 'e', attempts: 1 };
    const client = await startOwnClient({
      name: 'grpc-client-1',
      command: `echo {target} {targets} {dns_target} {pod} $TARGET $GRPC_SERVER_DOMAIN $GRPC_SERVER_PORT; echo '${JSON.stringify(call)}'; exit 7`,
      env: { PATH: '/usr/bin:/bin', TARGET: 'mine' },
      target: { host: '127.0.0.10', port: 8443 },
      targets: ['127.0.0.2:8443', '127.0.0.3:8443'],
      dnsTarget: 'dns://127.0.0.1:53/envoy:8443',
      graceMs: 1,
      signalGroup: () => {},
      reaper: REAPER,
      onCall: (entry) => calls.push(entry),
      onLog: (line) => lines.push(line),
    });
    assert.deepEqual(await client.exited, { code: 7, signal: null });
    const target = '127.0.0.10:8443';
    const words = [target, '127.0.0.2:8443,127.0.0.3:8443', 'dns://127.0.0.1:53/envoy:8443', 'grpc-client-1', target];
    assert.deepEqual(lines, [`${words.join(' ')} 127.0.0.10 8443`]);
    assert.deepEqual(calls, [call]);
  });
});
