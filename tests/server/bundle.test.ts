// What the images run: each service joined with its packages into one file. The files that the packages read while they
// run (protos of health and reflection) must still be found.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { it, type TestContext } from 'node:test';
import { createRunCommand } from '../../command-line/run-command';
import { buildServices } from '../../local/build';
import { askReflection } from './reflection-client';
import { FREE_PORTS, ServerProcess } from './server-process';

const ROOT = path.join(__dirname, '../..');

function start(t: TestContext, service: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [path.join(ROOT, 'bundle', service, 'main.js')], {
    // Elsewhere than the sources, as in an image.
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...FREE_PORTS, ...env },
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

it('the bundled server and client work as the compiled files do', async (t) => {
  const run = createRunCommand(process.env);
  await buildServices({ root: ROOT, run, pid: process.pid, isAlive: () => true });
  const bundled = await run('npm', ['run', '--silent', 'bundle', '--', 'server', 'client'], {
    cwd: ROOT,
    timeoutMs: 180_000,
  });
  assert.deepEqual([bundled.code, bundled.stdout, bundled.stderr], [0, '', '']);

  const server = new ServerProcess(start(t, 'server', {}));
  await server.line('listening');
  const [listed] = await askReflection(t, server, 'v1')({ list_services: '*' });
  assert.deepEqual(listed?.list_services_response?.service.map(({ name }) => name).sort(), [
    'greeter.v1.Greeter',
    'grpc.health.v1.Health',
  ]);

  const client = start(t, 'client', {
    GRPC_SERVER_DOMAIN: '127.0.0.1',
    GRPC_SERVER_PORT: `${server.grpcPort}`,
  });
  const tooLong = setTimeout(() => client.kill('SIGKILL'), 60_000);
  t.after(() => clearTimeout(tooLong));
  const said: string[] = [];
  for await (const line of createInterface({ input: client.stdout })) {
    said.push(line);
    if (line.includes('Received: ')) break;
  }
  assert.match(said.at(-1) ?? '', /Received: Hello, world! This message is from grpc-server-1/, said.join('\n'));
  server.signal('SIGTERM');
  assert.deepEqual(await server.exited, { code: 0, signal: null });
});
