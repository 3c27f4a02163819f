// adopt as a user runs it, and what it writes in the real Envoy: that Envoy takes it without a warning, and that a server that runs
// tells by reflection what its proto would.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { readProto } from '../../adopt/methods/proto-file';
import { readReflection } from '../../adopt/methods/reflection';
import { createRunCommand } from '../../command-line/run-command';
import { startServer } from '../server/server-process';
import { type Adopted, adoptAll, GO_ORDERS, GREETER, PYTHON_IMAGES, textOf } from '../support/adopted';
import { lookForEnvoy } from './support/one-envoy';

const ROOT = path.join(__dirname, '../..');

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
