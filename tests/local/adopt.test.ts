// adopt as a user runs it, and what it writes in the real Envoy: that Envoy takes it without a warning, and that a server that runs
// tells by reflection what its proto would.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { credentials } from '@grpc/grpc-js';
import { parse } from 'yaml';
import { readProto } from '../../adopt/methods/proto-file';
import { readReflection } from '../../adopt/methods/reflection';
import { createRunCommand } from '../../command-line/run-command';
import { readManifests } from '../../manifest-reader/manifests';
import type { GreeterHandlers } from '../../proto/generated/greeter/v1/Greeter';
import { Greeter } from '../../proto/load';
import { startServer } from '../server/server-process';
import { type Adopted, adoptAll, adoptInto, GO_ORDERS, GREETER, PYTHON_IMAGES, textOf } from '../support/adopted';
import { greeterStatistic, lookForEnvoy, type OneEnvoy, startOneEnvoy, untilHealthy } from './support/one-envoy';

const ROOT = path.join(__dirname, '../..');
const NETWORK = '127.77.49';

/** The greeter as if nothing were known of its health: the same words but for those. */
const WITHOUT_HEALTH = [
  ...GREETER.filter((word, at) => word !== '--drains' && GREETER[at - 1] !== '--drains'),
  '--health',
  'none',
];

function run(args: readonly string[], input: string): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const typescript = path.join(ROOT, 'node_modules/ts-node/register/transpile-only.js');
    const child = spawn(process.execPath, ['-r', typescript, path.join(ROOT, 'adopt/main.ts'), ...args], { cwd: ROOT });
    let [out, err] = ['', ''];
    child.stdout.on('data', (bytes) => {
      out += bytes;
    });
    child.stderr.on('data', (bytes) => {
      err += bytes;
    });
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

describe('adopt', async () => {
  const found = await lookForEnvoy();
  const isProgram = 'envoy' in found && found.envoy.kind === 'binary';
  const skip = 'reason' in found ? found.reason : !isProgram && 'Envoy is a container here, not a program';
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'adopt-'));
  });
  after(() => rm(folder, { recursive: true }));

  for (const [name, runs] of [
    ['a service in Go', [GO_ORDERS]],
    ['a service in Python without a health service', [PYTHON_IMAGES]],
    ['both behind the same Envoys', [GO_ORDERS, PYTHON_IMAGES]],
    ['the greeter', [GREETER]],
  ] as const) {
    it(`writes a configuration for ${name} that Envoy takes without a warning`, { skip }, async () => {
      if (!('envoy' in found) || found.envoy.kind !== 'binary') return assert.fail('no program to ask');
      const adopted: Adopted = await adoptAll(runs);
      const file = path.join(folder, 'envoy.yaml');
      await writeFile(file, parse(textOf(adopted, 'envoy_proxy_k8s/configmap.yaml')).data['envoy.yaml']);
      const ask = createRunCommand({ ...process.env, POD_NAME: 'envoy-1' });
      const result = await ask(found.envoy.path, ['--mode', 'validate', '--config-path', file], { timeoutMs: 120_000 });
      assert.equal(result.code, 0, result.stderr);
      assert.match(result.stdout, /OK\n$/);
      assert.doesNotMatch(result.stderr, /\[(warning|error|critical)\]|deprecated/i);
    });
  }

  describe('of the greeter without its health service', { skip: 'reason' in found ? found.reason : false }, () => {
    let envoy: OneEnvoy;
    let client: InstanceType<typeof Greeter>;
    const answered: string[] = [];
    const pod = (name: string): GreeterHandlers => ({
      SayHello: (_, callback) => {
        answered.push(name);
        callback(null, { message: 'Hello!', pod: name });
      },
      Chat: (stream) => stream.on('end', () => stream.end()),
    });

    before(async () => {
      if (!('envoy' in found)) return;
      const root = path.join(folder, 'root');
      const { problems } = await adoptInto(root, [...WITHOUT_HEALTH]);
      assert.deepEqual(problems, []);
      // What is not Envoy's is as shipped: the folder of the service has no Deployment.
      for (const name of ['grpc_server_k8s', 'grpc_client_k8s']) {
        await cp(path.join(ROOT, name), path.join(root, name), { recursive: true });
      }
      envoy = await startOneEnvoy(found.envoy, NETWORK, {}, [], readManifests(root));
      client = new Greeter(envoy.target, credentials.createInsecure());
      for (const name of ['grpc-server-1', 'grpc-server-2']) await envoy.addPodWithoutHealth(pod(name));
    });
    after(async () => {
      client?.close();
      await envoy?.close();
    });

    it('has Envoy send calls in turn to pods whose port takes connections', async () => {
      await untilHealthy(envoy.host, 2);
      for (let call = 0; call < 10; call += 1) {
        await new Promise<void>((resolve, reject) => {
          client.SayHello({ name: 'turns' }, { deadline: Date.now() + 60_000 }, (error) =>
            error ? reject(error) : resolve(),
          );
        });
      }
      assert.deepEqual(
        answered,
        answered.map((_, call) => answered[call % 2]),
      );
      assert.equal(new Set(answered).size, 2);
      assert.equal(await greeterStatistic(envoy.host, 'lb_healthy_panic'), 0, 'and not because all look ill');
    });
  });

  it('reads standard input, writes the folder, and says so', async () => {
    const out = path.join(folder, 'out');
    const input = await readFile(PYTHON_IMAGES.at(-1) ?? '', 'utf8');
    const { code, out: text, err } = await run([...PYTHON_IMAGES.slice(0, -1), '--out', out, '-'], input);
    assert.deepEqual([code, err], [0, '']);
    assert.match(text, /^Wrote \d+ files to .*\n {2}service {6}resizer in images/);
    assert.match(await readFile(path.join(out, 'NEXT-STEPS.md'), 'utf8'), /^# Next steps for `resizer`/);
  });

  it('ends with 2, all problems, and nothing written, when it is called wrongly', async () => {
    const out = path.join(folder, 'nothing');
    const { code, out: text, err } = await run(['--port', 'x', '--out', out], '');
    assert.deepEqual([code, text], [2, '']);
    assert.match(err, /^adopt: --port: expected a port, 1-65535, got "x"$/m);
    assert.match(err, /^adopt: --proto and --reflect: expected one of them$/m);
    await assert.rejects(readFile(path.join(out, 'NEXT-STEPS.md')), /ENOENT/);
  });

  it('learns from reflection what the proto says, and that there is a health service', async (t) => {
    const server = await startServer(t, { REFLECTION: 'true' });
    const contract = await readReflection(`127.0.0.1:${server.grpcPort}`);
    const file = readProto('greeter.proto', await readFile(path.join(ROOT, 'proto/greeter.proto'), 'utf8'));
    assert.deepEqual(contract, { ...file, hasHealth: true });
  });

  it('says why when there is no server to ask', async () => {
    await assert.rejects(readReflection('127.0.0.1:9'), /^Error: cannot ask 127\.0\.0\.1:9 .*by server reflection: /);
  });
});
