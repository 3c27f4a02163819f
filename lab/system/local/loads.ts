// Load generators of a local system: client processes whose ledgers are files in the run's folder until they end, and
// then part of its calls.
import { appendFileSync, existsSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import type { ClientOptions, ClientProcess } from '../../../local/pods/client-process';
import { describeExit } from '../../../local/pods/process';
import { targetEnv } from '../../../manifest-reader/call-target';
import { delay } from '../../../runtime/lifecycle';
import type { Load, LoadResult, LoadSpec } from '../system';
import { waitUntil } from '../wait-until';
import type { LocalContext } from './context';
import type { LocalForeign } from './foreign';
import { readProcessUse } from './process-use';

export interface Loads {
  start(spec: LoadSpec): Promise<Load>;
  readonly isEmpty: boolean;
  /** The process of a load that runs. */
  pid(name: string): number | undefined;
  /** Ends all loads in order, by force after `withinMs`. What they said of themselves is recorded. */
  stopAll(withinMs: number): Promise<void>;
}

interface RunningLoad extends Load {
  readonly client: ClientProcess;
}

/** Room for a client on a busy machine to start, connect, and wait for its first answer up to the deadline. */
const FIRST_CALL_MS = 30_000;
const CPU_SAMPLE_MS = 200;

export function createLoads(context: LocalContext, foreign: Pick<LocalForeign, 'clientProgram'>): Loads {
  const { stack, manifests, recorder, folder, change } = context;
  const ledgers = path.join(folder, 'ledgers');
  const names = new Set<string>();
  const running = new Map<string, RunningLoad>();

  function environment(spec: LoadSpec, ledger: string): Record<string, string> {
    const { ratePerSecond, count, streams } = spec;
    return {
      ...targetEnv(manifests, change.load?.target ?? spec.target),
      // The ledger says more, and lines of a log cost the time of the calls.
      LOG_LEVEL: 'warn',
      ...(ratePerSecond !== undefined && { RATE: String(ratePerSecond) }),
      ...(count !== undefined && { COUNT: String(count) }),
      ...(streams !== undefined && { STREAMS: String(streams) }),
      ...spec.env,
      ...change.load?.env,
      LEDGER: ledger,
    };
  }

  /** How this project's client is started, or that of another language. */
  function optionsOf(spec: LoadSpec, ledger: string): ClientOptions {
    const name = `grpc-client-${spec.name}`;
    if (spec.foreign === undefined) return { name, env: environment(spec, ledger) };
    const program = foreign.clientProgram(spec.foreign, spec.ratePerSecond ?? 1);
    return { name, program, onCall: (line) => appendFileSync(ledger, `${JSON.stringify(line)}\n`) };
  }

  async function record(name: string, ledger: string): Promise<number> {
    // A client that ended before it had begun leaves none.
    if (!existsSync(ledger)) {
      recorder.event('load-stop', { subject: name, detail: { calls: 0 } });
      return 0;
    }
    const calls = await recorder.addLedger(name, ledger);
    await rm(ledger);
    return calls;
  }

  async function start(spec: LoadSpec): Promise<Load> {
    const { name, ratePerSecond = 0 } = spec;
    if (names.has(name)) throw new Error(`cannot start load "${name}": the run already had a load of that name`);
    names.add(name);
    await mkdir(ledgers, { recursive: true });
    const ledger = path.join(ledgers, `${name}.ndjson`);
    const target = change.load?.target ?? spec.target;
    recorder.event('load-start', { subject: name, detail: { target, ratePerSecond } });
    const client = await stack.startClient(optionsOf(spec, ledger));
    const cpu = watchCpu(context, client);
    let isStopping = false;

    async function life(): Promise<LoadResult> {
      const exit = await client.exited;
      running.delete(name);
      const calls = await record(name, ledger);
      const isSound = exit.code === 0 || (isStopping && exit.signal === 'SIGTERM');
      if (!isSound) throw new Error(`load "${name}" ended: ${[describeExit(exit), ...client.tail()].join('\n  ')}`);
      return { calls, cpuSeconds: cpu() };
    }
    const finished = life();
    // The caller that stops the load hears of it; otherwise the missing data shows it.
    finished.catch(() => {});
    const load: RunningLoad = {
      name,
      finished,
      client,
      stop: () => {
        isStopping = true;
        void client.stop();
        return finished;
      },
    };
    running.set(name, load);
    const look = () => {
      if (!running.has(name)) return undefined;
      return (statSync(ledger, { throwIfNoEntry: false })?.size ?? 0) > 0 ? undefined : 'none has ended';
    };
    await waitUntil(`first call of load "${name}"`, look, { withinMs: FIRST_CALL_MS, signal: context.signal });
    return load;
  }

  return {
    start,
    get isEmpty() {
      return running.size === 0;
    },
    pid: (name) => running.get(name)?.client.pid,
    stopAll: async (withinMs) => {
      const loads = [...running.values()];
      if (loads.length === 0) return;
      const ended = new AbortController();
      const all = Promise.allSettled(loads.map((load) => load.stop())).then(() => ended.abort());
      await delay(withinMs, ended.signal);
      if (!ended.signal.aborted) for (const { client } of loads) client.signal('SIGKILL');
      await all;
    },
  };
}

/** Returns what gives the CPU seconds of the process as they were last seen, at most a fifth of a second ago. */
function watchCpu({ run }: LocalContext, client: ClientProcess): () => number | undefined {
  let cpuSeconds: number | undefined;
  const ended = new AbortController();
  void client.exited.then(() => ended.abort());
  const watch = async () => {
    while (!ended.signal.aborted) {
      const use = await readProcessUse(client.pid, run).catch(() => undefined);
      cpuSeconds = use?.cpuSeconds ?? cpuSeconds;
      await delay(CPU_SAMPLE_MS, ended.signal);
    }
  };
  void watch();
  return () => cpuSeconds;
}
