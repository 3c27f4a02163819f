// The caller's kubectl, in one context: reads objects, asks what may be read, reaches ports of pods. It has no word that
// changes anything: the only objects that it creates are reviews of the caller's own rights, which nothing keeps.
import { type CommandResult, explainFailure, type RunCommand } from '../../command-line/run-command';
import { InputError } from '../input/problem';

export interface Kubectl {
  readonly context: string;
  /** Of the context; `default` where it says nothing. */
  readonly namespace: string;
  readonly signal: AbortSignal;
  /** What kubectl prints. @param what is being done, for the error @throws InputError */
  text(what: string, args: readonly string[], input?: string): Promise<string>;
  /** What a path of the API answers; never rejects. */
  raw(path: string): Promise<CommandResult>;
}

const TIMEOUT_MS = 60_000;
const RAW_TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** @param wanted the caller's `--context` @throws InputError when there is no such context */
export async function openKubectl(run: RunCommand, wanted: string | undefined, signal: AbortSignal): Promise<Kubectl> {
  const options = { timeoutMs: TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES, signal };
  const ask = async (what: string, args: readonly string[], input?: string): Promise<string> => {
    const result = await run('kubectl', args, input === undefined ? options : { ...options, input });
    if (result.code === 0) return result.stdout;
    throw new InputError([`cannot ${what}: kubectl: ${explainFailure(result)}`]);
  };
  const view = await ask('read the settings of kubectl', ['config', 'view', '-o', 'json']);
  const config = JSON.parse(view) as KubectlConfig;
  const context = wanted ?? config['current-context'] ?? '';
  const known = config.contexts ?? [];
  const names = known.map(({ name }) => name).join(', ') || 'none';
  if (context === '') {
    throw new InputError([`cannot read a cluster: kubectl has no current context; give --context, one of: ${names}`]);
  }
  const found = known.find(({ name }) => name === context);
  if (found === undefined) throw new InputError([`--context: expected one of kubectl's (${names}), got "${context}"`]);
  return {
    context,
    namespace: found.context?.namespace ?? 'default',
    signal,
    text: (what, args, input) => ask(what, ['--context', context, ...args], input),
    // kubectl passes a time limit of its own on as a query, which a pod may refuse.
    raw: (path) =>
      run('kubectl', ['--context', context, '--request-timeout=0', 'get', '--raw', path], {
        ...options,
        timeoutMs: RAW_TIMEOUT_MS,
      }),
  };
}

interface KubectlConfig {
  readonly 'current-context'?: string;
  readonly contexts?:
    | readonly { readonly name: string; readonly context?: { readonly namespace?: string } | null }[]
    | null;
}
