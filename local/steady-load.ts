// The calls of a local stack while it runs: one client at a time, replaced where its rate or whom it calls changes. The next
// one calls before the one before it stops, so there is no pause; for a moment both do.
import type { LedgerLine } from '../client/outcome';
import type { Lateness } from '../client/summary';
import type { Variables } from '../manifest-reader/pod-manifest';
import { delay } from '../runtime/lifecycle';
import type { ClientProcess } from './pods/client-process';
import type { ExitStatus } from './pods/process';
import type { Stack } from './stack';

export interface SteadyLoadOptions {
  readonly stack: Pick<Stack, 'startClient'>;
  /** Of the clients; a number follows from the second on. Left out, the stack names them. */
  readonly name?: string;
  readonly onCall: (entry: LedgerLine) => void;
  readonly onLog: (line: string) => void;
}

export interface SteadyLoad {
  /** The client that calls now. */
  readonly client: ClientProcess;
  /** Goes on with other settings. Resolves when the client before has ended; changes wait for each other. */
  change(env: Variables): Promise<void>;
  /** Resolves when the client that calls has ended unasked. */
  readonly died: Promise<void>;
  /** Ends it in order. */
  stop(): Promise<ExitStatus>;
  /** What all of its clients said of their own pace. */
  lateness(): Lateness;
}

/** A client that has no answer by then is kept all the same: what is wrong shows in its calls. */
const FIRST_CALL_MS = 10_000;

export async function startSteadyLoad(options: SteadyLoadOptions, env: Variables): Promise<SteadyLoad> {
  const { stack, name, onCall, onLog } = options;
  const all: ClientProcess[] = [];
  let isStopping = false;
  let reportDeath = () => {};
  const died = new Promise<void>((resolve) => {
    reportDeath = resolve;
  });
  let before: Promise<void> = Promise.resolve();

  async function start(variables: Variables): Promise<{ client: ClientProcess; called: AbortSignal }> {
    const called = new AbortController();
    const client = await stack.startClient({
      ...(name !== undefined && { name: all.length === 0 ? name : `${name}-${all.length + 1}` }),
      env: variables,
      onCall: (entry) => {
        onCall(entry);
        called.abort();
      },
      onLog,
    });
    all.push(client);
    void client.exited.then(() => {
      if (client === current && !isStopping) reportDeath();
    });
    return { client, called: called.signal };
  }

  let current: ClientProcess | undefined;
  current = (await start(env)).client;

  async function replace(variables: Variables): Promise<void> {
    if (isStopping) return;
    const last = current;
    const { client, called } = await start(variables);
    await delay(FIRST_CALL_MS, called);
    current = client;
    await last?.stop();
  }

  return {
    get client() {
      return current as ClientProcess;
    },
    change: (variables) => {
      const changed = before.then(() => replace(variables));
      before = changed.catch(() => {});
      return changed;
    },
    died,
    stop: async () => {
      isStopping = true;
      await Promise.all(all.filter((client) => client !== current).map((client) => client.stop()));
      return (current as ClientProcess).stop();
    },
    lateness: () => {
      const sum = { behindSchedule: 0, neverSent: 0 };
      for (const client of all) {
        sum.behindSchedule += client.summary()?.behindSchedule ?? 0;
        sum.neverSent += client.summary()?.neverSent ?? 0;
      }
      return sum;
    },
  };
}
