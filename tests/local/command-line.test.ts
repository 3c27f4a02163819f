// `./deploy-all.sh --local` as a script sees it: output, exit codes, and that nothing is left behind.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { assertFree } from '../../local/pods/addresses';
import { type RunningCommand, runCommand, startCommand, untilGone } from './support/command-line';
import { itWithEnvoy, until } from './support/local-stack';

const NETWORK = '127.77.103';
const LOAD = ['--network', NETWORK, '--rate', '100'];

/** Waits until calls flow, and returns the processes that make them. */
async function untilCalling(command: RunningCommand): Promise<number[]> {
  await until(
    'calls flow',
    () => command.stdout().includes('"msg":"started"') || command.process.exitCode !== null,
    60_000,
  );
  assert.equal(command.process.exitCode, null, command.stderr());
  const pids = command.descendants();
  // Three servers, two Envoys, the client, and the process that would clean up.
  assert.equal(pids.length, 7);
  return pids;
}

async function assertNothingLeft(command: RunningCommand, pids: readonly number[]): Promise<void> {
  await untilGone(pids);
  await until('temporary files are gone', () => command.temporaryFiles().length === 0);
  await assertFree([11, 12, 13].map((host) => ({ host: `${NETWORK}.${host}`, ports: [50051, 9464] })));
  await assertFree([2, 3].map((host) => ({ host: `${NETWORK}.${host}`, ports: [8443, 9901, 9902] })));
}

describe('the command line of the local stack', () => {
  itWithEnvoy('--for and --json: runs, exits 0, and standard output is one JSON object', async () => {
    const { code, stdout, stderr } = await runCommand(['--network', NETWORK, '--rate', '200', '--for', '5s', '--json']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\{.*\}\n$/);
    const summary = JSON.parse(stdout);
    // A machine that is busy with other things does not get all of them sent.
    const due = summary.calls + summary.neverSent;
    assert.ok(due >= 900 && due <= 1100, `${summary.calls} calls, ${summary.neverSent} never sent`);
    assert.equal(summary.ok, summary.calls);
    assert.equal(summary.failed, 0);
    assert.deepEqual(summary.byCode, { OK: summary.calls });
    assert.deepEqual(Object.keys(summary.pods), ['grpc-server-1', 'grpc-server-2', 'grpc-server-3']);
    assert.ok(summary.jain >= 0.9999);
    assert.ok(summary.cv < 0.01 && summary.maxOverMean < 1.01);
    for (const count of Object.values<number>(summary.envoys)) {
      assert.ok(count / summary.calls >= 0.45 && count / summary.calls <= 0.55);
    }
    const { p50, p90, p99, max } = summary.latencyMs;
    assert.ok(p50 > 0 && p50 <= p90 && p90 <= p99 && p99 <= max);
    assert.ok(summary.attemptsPerCall >= 1);
    assert.equal(typeof summary.behindSchedule, 'number');
  });

  itWithEnvoy('without a terminal, shows the client’s lines and ends with the summary', async () => {
    const { code, stdout } = await runCommand(['--network', NETWORK, '--interval', '500ms', '--for', '3s']);
    assert.equal(code, 0);
    const pods = [...stdout.matchAll(/"msg":"Received: Hello, \w+! This message is from (grpc-server-\d)"/g)];
    assert.ok(new Set(pods.map((match) => match[1])).size >= 2);
    assert.match(stdout, /\nSummary\n {2}calls /);
  });

  itWithEnvoy('--verbose names the changed settings and shows the servers’ output', async () => {
    const { stdout, stderr } = await runCommand([...LOAD, '--for', '500ms', '--verbose', '--policy', 'RANDOM']);
    assert.match(stdout, / - envoy\.yaml: lb_policy is RANDOM, as --policy asks\n/);
    assert.match(stderr, /^grpc-server-1: \{.*"msg":"listening"\}$/m);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    itWithEnvoy(`${signal} ends everything, prints the summary and exits 0`, async () => {
      const command = startCommand(LOAD);
      const pids = await untilCalling(command);
      command.process.kill(signal);
      const { code, stdout } = await command.finished;
      assert.equal(code, 0);
      assert.match(stdout, /\nSummary\n[\s\S]*failed +0\n/);
      await assertNothingLeft(command, pids);
    });
  }

  itWithEnvoy('a second SIGINT does not wait for a client that hangs', async () => {
    const command = startCommand(LOAD);
    const pids = await untilCalling(command);
    const client = command.descendants().at(-1) as number;
    process.kill(client, 'SIGSTOP');
    command.process.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    command.process.kill('SIGINT');
    const { code } = await command.finished;
    assert.equal(code, 1);
    await assertNothingLeft(command, pids);
  });

  itWithEnvoy('leaves nothing behind when it is killed with SIGKILL', async () => {
    const command = startCommand(LOAD);
    const pids = await untilCalling(command);
    command.process.kill('SIGKILL');
    await command.finished;
    await assertNothingLeft(command, pids);
  });

  itWithEnvoy('says which address is in use, and exits 1', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(8443, `${NETWORK}.3`, resolve));
    try {
      const { code, stderr } = await runCommand([...LOAD, '--for', '1s']);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^local stack: 127\.77\.103\.3:8443 is in use\. Perhaps another local stack is running: .*\n$/,
      );
    } finally {
      other.close();
    }
  });

  it('says where it looked for Envoy when there is none, and exits 1', async () => {
    const { code, stderr } = await runCommand([...LOAD, '--for', '1s'], { ENVOY_BIN: '/nowhere/envoy' });
    assert.equal(code, 1);
    assert.match(stderr, /^local stack: Envoy [\d.]+ was not found\. Tried:\n {2}- ENVOY_BIN=\/nowhere\/envoy: .*\n/);
  });

  it('reports all wrong options at once, and exits 2', async () => {
    const { code, stdout, stderr } = await runCommand(['--servers', '0', '--rate', 'x']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /--servers: expected .*\n.*--rate: expected /);
  });

  it('--help exits 0', async () => {
    const { code, stdout } = await runCommand(['--help']);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: \.\/deploy-all\.sh --local/);
  });
});
