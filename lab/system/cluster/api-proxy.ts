// The way to the API server: one `kubectl proxy` on a socket in a folder that only this user may enter, so that every
// request after it costs no process. Ends with the lab, even when the lab is killed.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { startReaper } from '../../../local/pods/reaper';
import { type Kubectl, KubectlError } from './kubectl';

export interface ApiProxy {
  readonly socketPath: string;
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const LAST_BYTES = 2000;

/** @throws KubectlError when the proxy does not begin to serve. */
export async function startApiProxy(kubectl: Kubectl): Promise<ApiProxy> {
  // mkdtemp makes it mode 0700: a process that reaches the socket has all rights of this kubectl.
  const directory = await mkdtemp(path.join(tmpdir(), 'grpc-lab-'));
  const socketPath = path.join(directory, 'api.sock');
  const args = ['--context', kubectl.context, 'proxy', `--unix-socket=${socketPath}`];
  const reaper = startReaper();
  reaper.watch({ kind: 'directory', path: directory });
  // In its own session: a Ctrl-C must not end it while changes are being undone through it.
  const child = spawn('kubectl', args, { env: kubectl.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  const close = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(directory, { recursive: true, force: true });
    if (child.pid !== undefined) reaper.forget({ kind: 'process', pid: child.pid });
    reaper.forget({ kind: 'directory', path: directory });
    await reaper.close();
  };
  if (child.pid !== undefined) reaper.watch({ kind: 'process', pid: child.pid });

  let said = '';
  const serving = new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => reject(new KubectlError(args, reason));
    const timer = setTimeout(() => fail(`does not serve after ${START_TIMEOUT_MS} ms ${said}`), START_TIMEOUT_MS);
    const listen = (chunk: Buffer) => {
      said = (said + chunk).slice(-LAST_BYTES);
      if (!said.includes('Starting to serve')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', (cause) => fail(cause.message));
    void exited.then(() => {
      clearTimeout(timer);
      fail(`ended before it served: ${said.trim()}`);
    });
  });
  try {
    await serving;
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { socketPath, close };
}
