// Finds the Kubernetes that the cluster tests run on: TEST_CONTEXT names a context of the caller's kubeconfig; otherwise the
// one-node cluster beside this repository is started, and its images are made. With neither there is a reason to skip.
import { type ExecFileOptions, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { prepareImages } from './cluster-images';

const run = promisify(execFile);
export const ROOT = path.join(__dirname, '../..');
const CLUSTER_SCRIPTS = path.join(ROOT, '../shared/cluster');

export interface Kubernetes {
  readonly context: string;
  readonly env: NodeJS.ProcessEnv;
  /** What deploy-all.sh needs to hear about this cluster. */
  readonly deployFlags: readonly string[];
  /** False when no image of Grafana is available, so its pod never starts. */
  readonly hasGrafana: boolean;
  /** True where network policies have been switched on; false where it is not known whether anything enforces them. */
  readonly enforcesPolicies: boolean;
}

export type Found =
  | { readonly ok: true; readonly kubernetes: Kubernetes }
  | { readonly ok: false; readonly reason: string };

/** @throws when a cluster is there but cannot be started or given its images: that is a failure, not a reason to skip. */
export async function findKubernetes(env: NodeJS.ProcessEnv = process.env): Promise<Found> {
  const context = env.TEST_CONTEXT;
  if (context !== undefined && context !== '') {
    return { ok: true, kubernetes: { context, env, deployFlags: [], hasGrafana: true, enforcesPolicies: false } };
  }
  if (!existsSync(path.join(CLUSTER_SCRIPTS, 'up.sh'))) {
    return { ok: false, reason: 'no Kubernetes: TEST_CONTEXT is not set and ../shared/cluster/up.sh is not there' };
  }
  const exported = await clusterScript('up.sh', [], env);
  const clusterEnv = { ...env, ...parseExports(exported, env) };
  // As kind does, and minikube by default. Before anything is deployed: connections that exist are not judged.
  await clusterScript('policies.sh', ['on'], clusterEnv);
  await prepareImages((name, args) => clusterScript(name, args, clusterEnv));
  const { stdout } = await run('kubectl', ['config', 'current-context'], { env: clusterEnv });
  const name = stdout.trim();
  // No image of Grafana can be made there: its objects are applied, and its pod is not waited for.
  const deployFlags = ['--no-build', '--no-wait', 'grafana'];
  return {
    ok: true,
    kubernetes: { context: name, env: clusterEnv, deployFlags, hasGrafana: false, enforcesPolicies: true },
  };
}

/** Runs a script of the cluster, or `tag`, which gives an image that it holds a second name. */
async function clusterScript(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  process.stderr.write(`# ${name} ${args.slice(0, 2).join(' ')}\n`);
  const options = { env, timeout: 30 * 60_000 };
  if (name !== 'tag') return (await exec(path.join(CLUSTER_SCRIPTS, name), args, options)).stdout;
  const words = ['bash', path.join(CLUSTER_SCRIPTS, 'env.sh'), ...args];
  return (await exec('bash', ['-c', '. "$1" && shift && ctr_ images tag "$@"', ...words], options)).stdout;
}

/** `export NAME=VALUE` lines, as up.sh prints them for a shell; `$PATH` stands for the caller's. */
function parseExports(text: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const pairs = [...text.matchAll(/^export (\w+)=(.*)$/gm)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value.replace('$PATH', env.PATH ?? '')]));
}

/** The output of a command that must succeed; a failure carries what the command said. */
export async function exec(
  command: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<{ stdout: string; stderr: string }> {
  try {
    const output = await run(command, [...args], { maxBuffer: 64 * 1024 * 1024, encoding: 'utf8', ...options });
    return { stdout: String(output.stdout), stderr: String(output.stderr) };
  } catch (thrown) {
    const failure = thrown as Error & { stdout?: string; stderr?: string };
    throw new Error(`${failure.message}\n${failure.stdout ?? ''}\n${failure.stderr ?? ''}`, { cause: thrown });
  }
}

/** Runs kubectl against the cluster under test. */
export async function kubectl(kubernetes: Kubernetes, ...args: string[]): Promise<string> {
  const { stdout } = await exec('kubectl', ['--context', kubernetes.context, ...args], { env: kubernetes.env });
  return stdout;
}

/** Deploys to the cluster under test, with the flags that this cluster needs, and returns all that was printed. */
export async function deploy(kubernetes: Kubernetes): Promise<string> {
  return deployAll(kubernetes, ...kubernetes.deployFlags);
}

/** Runs deploy-all.sh against the cluster under test and returns all that it printed. */
export async function deployAll(kubernetes: Kubernetes, ...args: string[]): Promise<string> {
  const command = path.join(ROOT, 'deploy-all.sh');
  const options = { env: kubernetes.env, timeout: 15 * 60_000 };
  const { stdout, stderr } = await exec(command, ['--context', kubernetes.context, ...args], options);
  return stdout + stderr;
}
