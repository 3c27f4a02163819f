// Reads a path of a port that a pod opens for itself alone, such as Envoy's admin port on 127.0.0.1. The port stays open on
// this machine for the one request only: whoever reaches it may do all that it allows.
import { spawn } from 'node:child_process';
import { requestText } from '../../../command-line/http-text';

export interface PodPath {
  readonly context: string;
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
  readonly path: string;
}

/** @throws Error that says why there is no answer */
export type ReadPodPath = (wanted: PodPath, signal: AbortSignal) => Promise<string>;

const OPEN_WITHIN_MS = 15_000;

/** @param env kubectl's: KUBECONFIG, PATH, HOME */
export function forwardReader(env: NodeJS.ProcessEnv): ReadPodPath {
  return async ({ context, namespace, pod, port, path }, signal) => {
    const words = ['--context', context, '--namespace', namespace, 'port-forward', `pod/${pod}`, `:${port}`];
    const child = spawn('kubectl', [...words, '--address', '127.0.0.1'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('close', () => resolve());
    });
    try {
      const opened = await openedPort(child, ended, signal);
      return await requestText(`http://127.0.0.1:${opened}${path}`);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  };
}

function openedPort(child: ReturnType<typeof spawn>, ended: Promise<void>, signal: AbortSignal): Promise<number> {
  let said = '';
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`kubectl port-forward: ${why}`));
    const stop = () => fail('it was interrupted');
    const timer = setTimeout(() => fail(`no port within ${OPEN_WITHIN_MS / 1000} s ${said.trim()}`), OPEN_WITHIN_MS);
    const listen = (chunk: Buffer) => {
      said += chunk;
      const opened = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (opened !== undefined) resolve(Number(opened));
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('error', ({ message }) => fail(message));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    void ended.then(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      fail(`it ended: ${said.trim().split('\n').at(-1) ?? ''}`);
    });
  });
}
