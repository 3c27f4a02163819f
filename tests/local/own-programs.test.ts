// Programs of the reader's own through the real Envoy: a server of another service without health service and metrics, and
// a client that writes no ledger, with the shipped manifests and with manifests of their own.
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { withOwnManifests } from '../support/own-manifests';
import { type Finished, isRunning, runCommand, startCommand, untilGone } from './support/command-line';
import { itWithEnvoy, until } from './support/local-stack';

const NETWORK = '127.77.119';
const CALLS = 300;
const program = (name: string) => `'${process.execPath}' '${path.join(__dirname, 'programs', name)}'`;
const SERVER = program('orders-server.js');
const CLIENT = program('orders-client.js');

const run = (...args: string[]): Promise<Finished> => runCommand(['--network', NETWORK, ...args]);

function assertEven({ code, stdout, stderr }: Finished, pods: readonly string[]): void {
  assert.equal(code, 0, `${stdout}${stderr}`);
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  assert.deepEqual([summary.countedBy, summary.calls, summary.failed], ['envoy', CALLS, 0]);
  assert.deepEqual(summary.pods, Object.fromEntries(pods.map((pod) => [pod, CALLS / pods.length])));
  assert.ok(summary.attemptsPerCall >= 1);
}

const PODS = ['grpc-server-1', 'grpc-server-2', 'grpc-server-3'];

describe('--server and --client', () => {
  itWithEnvoy('spread the calls evenly, by the Envoys’ own numbers, and say what was changed for them', async () => {
    const finished = await run(
      '--server',
      `${SERVER} {address} {port}`,
      '--client',
      `${CLIENT} {target} ${CALLS}`,
      '--json',
    );
    assertEven(finished, PODS);
    assert.match(finished.stderr, /^==> \[servers\] have no grpc\.health\.v1: each counts as ready once /m);
    assert.match(finished.stderr, /^==> \[envoy\.yaml\] every method of every service goes to the servers, /m);
    assert.match(finished.stderr, /^==> \[envoy\.yaml\] a server is healthy as long as it takes TCP connections/m);
    assert.doesNotMatch(finished.stderr, /\[build\]|healthy, calls go to all of them/);
    assert.match(finished.stderr, new RegExp(`^order \\d+\\nmade ${CALLS} calls\\n`, 'm'));
  });

  itWithEnvoy('work by variables alone, and with manifests of their own, whose names they take', () =>
    withOwnManifests({}, async (root) => {
      const finished = await run(
        '--server',
        SERVER,
        '--client',
        `${CLIENT} "$TARGET" ${CALLS}`,
        '--json',
        '--manifests',
        root,
      );
      assertEven(finished, ['orders-v7-1', 'orders-v7-2', 'orders-v7-3']);
      assert.match(finished.stderr, /^==> \[servers\] have no grpc\.health\.v1/m);
      assert.doesNotMatch(finished.stderr, /\[envoy\.yaml\]/);
    }),
  );

  itWithEnvoy('give a server that cannot choose its address a port of its own', async () => {
    const server = `${SERVER} 0.0.0.0 {own_port}`;
    assertEven(await run('--server', server, '--client', `${CLIENT} ipv4:{targets} ${CALLS}`, '--json'), PODS);
  });

  itWithEnvoy('refuse servers that listen on every address', async () => {
    const { code, stderr } = await run('--server', `${SERVER} 0.0.0.0 {port}`, '--client', CLIENT);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^(local stack: )?a server of --server listens on port 50051 of every address, .*\{own_port\}$/m,
    );
  });

  itWithEnvoy('tell what becomes of calls that no server has a method for', async () => {
    const client = `${CLIENT} {target} 20 Cancel`;
    const { code, stdout, stderr } = await run('--server', SERVER, '--client', client);
    assert.equal(code, 1);
    assert.match(stdout, /\n {2}calls +20 in [\s\S]*\n {2}ok +0\n {2}failed +20\n[\s\S]*\n {2}counted by +the Envoys/);
    assert.match(stderr, /^local stack: no call was answered$/m);
  });

  itWithEnvoy('end a client and all its processes in order, at the end of --for', async () => {
    const command = startCommand([
      ...['--network', NETWORK, '--servers', '1', '--envoys', '1', '--for', '2s'],
      ...['--server', `echo up; ${SERVER}; echo never`, '--client', `sleep 1; ${CLIENT} {target}; true`],
    ]);
    await until(
      'calls flow',
      () => command.stdout().includes('order 100') || command.process.exitCode !== null,
      120_000,
    );
    const pids = command.descendants();
    const { code, stdout } = await command.finished;
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\n {2}failed +[01]\n/);
    await untilGone(pids);
    assert.ok(!pids.some(isRunning));
  });
});

describe('a program of one’s own that does not run', () => {
  for (const [what, args, message] of [
    [
      'a server that is not there',
      ['--server', './no-such-server'],
      /^local stack: grpc-server-\d on [\d.]+ did not start: exit code 127\n .*no-such-server: (not found|No such file)/m,
    ],
    [
      'a server with its last words',
      ['--server', 'echo "no database" >&2; exit 4'],
      /^local stack: grpc-server-\d on [\d.]+ did not start: exit code 4\n {2}no database$/m,
    ],
    [
      'a client with its last words',
      ['--client', 'echo "no such account" >&2; exit 5', '--servers', '1', '--envoys', '1'],
      /^grpc-client-1 ended: exit code 5\n {2}no such account$/m,
    ],
  ] as const) {
    itWithEnvoy(`is told in a sentence: ${what}`, async () => {
      const { code, stderr } = await run(...args);
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  }

  it('is refused at once where its words or options are wrong', async () => {
    const { code, stdout, stderr } = await run('--server', 'run {adress}', '--client', 'run {port}', '--rate', '5');
    assert.deepEqual([code, stdout], [2, '']);
    for (const part of [
      /--rate: the program of --client has a pace of its own/,
      /--server: .* got \{adress\}/,
      /--client: .* got \{port\}/,
    ]) {
      assert.match(stderr, part);
    }
  });
});

describe('--manifests', () => {
  for (const [what, folder, message] of [
    [
      'nothing there',
      '/no/such/folder',
      /\/no\/such\/folder: expected a folder of manifests, got nothing of that name/,
    ],
    ['a file', __filename, /own-programs\.test\.ts: expected a folder of manifests, got a file/],
    ['a folder without manifests', __dirname, /expected one Deployment named envoy, got 0/],
  ] as const) {
    it(`exits 2 with a sentence for ${what}`, async () => {
      const { code, stdout, stderr } = await run('--manifests', folder);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m);
      for (const line of stderr.trimEnd().split('\n')) assert.match(line, /^local stack: /);
    });
  }
});
