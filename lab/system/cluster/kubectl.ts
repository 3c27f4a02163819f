// The kubectl of this machine: runs a command to its end, always in the one context, never without a limit of time.
// What is asked of the cluster is not known here.
import { execFile } from 'node:child_process';

export interface Kubectl {
  readonly context: string;
  /** All of kubectl's environment: KUBECONFIG, PATH, HOME. */
  readonly env: NodeJS.ProcessEnv;
  /** What the command printed. @throws KubectlError when it fails or takes longer than `timeoutMs` (default 30,000). */
  run(args: readonly string[], options?: { readonly timeoutMs?: number }): Promise<string>;
}

/** kubectl could not do what it was asked; the message has the command and what it said. */
export class KubectlError extends Error {
  constructor(args: readonly string[], reason: string, options?: ErrorOptions) {
    super(`kubectl ${args.join(' ')}: ${reason}`, options);
    this.name = 'KubectlError';
  }
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** @throws KubectlError when `context` is not one of kubectl's. */
export async function openKubectl(context: string, env: NodeJS.ProcessEnv): Promise<Kubectl> {
  const run: Kubectl['run'] = (args, { timeoutMs = 30_000 } = {}) =>
    runKubectl(['--context', context, ...args], env, timeoutMs);
  const known = await runKubectl(['config', 'get-contexts', '--output=name'], env, 30_000);
  const contexts = known.split('\n').filter((line) => line !== '');
  if (!contexts.includes(context)) {
    const choice = contexts.join(', ') || 'none';
    throw new KubectlError(['--context', context], `expected one of the contexts ${choice}, got "${context}"`);
  }
  return { context, env, run };
}

/** The context that kubectl would use by itself. @throws KubectlError when there is none. */
export async function currentContext(env: NodeJS.ProcessEnv): Promise<string> {
  return (await runKubectl(['config', 'current-context'], env, 30_000)).trim();
}

function runKubectl(args: readonly string[], env: NodeJS.ProcessEnv, timeoutMs: number): Promise<string> {
  const options = { env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
  return new Promise((resolve, reject) => {
    execFile('kubectl', [...args], options, (cause, stdout, stderr) => {
      if (cause === null) return resolve(stdout);
      const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      const said = stderr.trim().split('\n').slice(-3).join(' / ');
      const reason = isMissing
        ? 'kubectl is not on PATH'
        : cause.killed
          ? `did not end within ${timeoutMs} ms`
          : said || cause.message;
      reject(new KubectlError(args, reason, { cause }));
    });
  });
}
