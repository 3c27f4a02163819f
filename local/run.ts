// One run of the local stack: start, show, stop, summary, exit code. Decides what a reader sees (a table, log lines, or
// JSON); what runs is in stack.ts.
import type { LedgerLine } from '../client/outcome';
import { type Summary, summarize } from '../client/summary';
import { wantsColours } from '../command-line/colours';
import { requestText } from '../command-line/http-text';
import type { Machine } from '../command-line/machine';
import { ManifestError } from '../manifest-reader/fields';
import type { Manifests } from '../manifest-reader/manifests';
import type { Variables } from '../manifest-reader/pod-manifest';
import { StartError, toError } from '../runtime/errors';
import { jsonObject } from '../runtime/json-object';
import { aborted, delay } from '../runtime/lifecycle';
import { FAULT_PORT } from '../runtime/server-fault';
import { countByEnvoys } from './counting';
import { OverlayError } from './envoy/envoy-config';
import { type EnvoyViewOptions, watchEnvoys } from './envoy/envoy-view';
import { orderFaults } from './fault-orders';
import { createModelFor, type LivePage, openLivePage } from './live-page';
import { readLocalManifests } from './local-manifests';
import type { LocalOptions } from './options';
import { paceEnv, paceOf, ratePerSecondOf } from './pace';
import type { PodEvent } from './pods/pod';
import { describeExit, type ExitStatus, type SignalGroup } from './pods/process';
import { createLiveState, type LiveState } from './screen/live-state';
import { createProgress } from './screen/progress';
import { countedSummary, formatSummary } from './screen/summary-text';
import type { KeyInput, ScreenOutput } from './screen/terminal';
import { createServerFaults } from './server-faults';
import { showTable } from './show-table';
import type { Stack } from './stack';
import { startStack } from './start-stack';
import { type SteadyLoad, startSteadyLoad } from './steady-load';

export interface RunContext {
  readonly machine: Machine;
  /** Writes to standard output and standard error. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** The terminal, if both keys and screen are one. */
  readonly terminal: { readonly input: KeyInput; readonly output: ScreenOutput } | undefined;
  /** Aborts when the run should end, and a second time when it should end at once. */
  readonly interrupted: AbortSignal;
  readonly hurried: AbortSignal;
  /** Asks for the end, as Ctrl-C does. */
  readonly interrupt: () => void;
  readonly signalGroup: SignalGroup;
}

/** The clock of `--for` starts at the first answer; where none comes, after this long. */
const FIRST_CALL_MS = 10_000;

/** Runs a stack until it has been told to stop. @returns the exit code: 0 done, 1 failed, 2 called with wrong manifests. */
export async function runLocal(options: LocalOptions, context: RunContext): Promise<number> {
  const { err, machine } = context;
  let manifests: Manifests;
  try {
    manifests = readLocalManifests(options, machine);
  } catch (thrown) {
    if (!(thrown instanceof ManifestError)) throw thrown;
    if (options.manifests !== undefined) err(`local stack: --manifests ${options.manifests} cannot be used:\n`);
    for (const problem of thrown.problems) err(`local stack: ${problem}\n`);
    return 2;
  }
  return runManifests(manifests, options, context);
}

async function runManifests(manifests: Manifests, options: LocalOptions, context: RunContext): Promise<number> {
  const { machine, out, err, interrupted, hurried, signalGroup } = context;
  const terminal = options.json ? undefined : context.terminal;
  const hasColours = terminal !== undefined && wantsColours(machine.env);
  const say = options.json ? err : out;
  const progress = createProgress(say, hasColours);
  const live = createLiveState({ serverDeployment: manifests.server.deployment, now: Date.now });
  const model = options.ui ? createModelFor(manifests) : undefined;
  const pace = paceOf(options, { isWatched: options.ui || terminal !== undefined });
  let isTable = false;
  let load: SteadyLoad | undefined;
  let page: LivePage | undefined;
  let stack: Stack | undefined;
  try {
    const onEvent = (event: PodEvent) => {
      live.onEvent(event);
      model?.onPod(event);
      const { pod, state, detail } = event;
      if (!isTable && state === 'died' && stack !== undefined) progress.step(pod, `died: ${detail}`);
    };
    const onLine = (pod: string, line: string) => {
      if (options.verbose && !isTable) err(`${pod}: ${line}\n`);
    };
    const serverEnv: Variables = options.ui || terminal !== undefined ? { FAULT_PORT: String(FAULT_PORT) } : {};
    const start = {
      options,
      machine,
      manifests,
      serverEnv,
      progress,
      signalGroup,
      signal: interrupted,
      onEvent,
      onLine,
    };
    stack = await startStack(start);
    if (stack === undefined) {
      err('local stack: ended before the first call\n');
      return 1;
    }
    const { servers } = stack;
    void aborted(hurried).then(() => stack?.stop({ atOnce: true }));
    const faults = createServerFaults({
      servers,
      isOwn: options.server !== undefined,
      order: (address, fault) => orderFaults(`http://${address}:${FAULT_PORT}`, fault),
    });

    const firstCall = new AbortController();
    const onLog = (line: string) => {
      if (isTable) noteWarning(live, line);
      else if (terminal === undefined && !options.ui) say(`${line}\n`);
    };
    const onCall = (entry: LedgerLine) => {
      live.onCall(entry);
      model?.onCall('envoy', entry);
      firstCall.abort();
    };
    load = await startSteadyLoad({ stack, onCall, onLog }, paceEnv(pace));
    const { client } = load;
    progress.step('client', `${client.name} calls${options.forMs === undefined ? ' until Ctrl-C' : ''}`);
    if (model !== undefined) {
      const ratePerSecond = ratePerSecondOf(pace);
      const setRate = (perSecond: number) => load?.change(paceEnv({ rate: perSecond })) ?? Promise.resolve();
      page = await openLivePage({
        stack,
        options,
        model,
        faults,
        ratePerSecond,
        setRate,
        end: context.interrupt,
        onLog,
      });
      progress.step('page', page.url);
    }
    const ended = new AbortController();
    const counting =
      options.client === undefined
        ? undefined
        : countByEnvoys({ stack, live, onFirst: () => firstCall.abort(), signal: ended.signal });
    const shown = {
      options,
      stack,
      live,
      faults,
      load,
      pace,
      context,
      hasColours,
      url: page?.url,
      ended: ended.signal,
    };
    const screen = terminal && showTable(terminal, shown);
    isTable = screen !== undefined;
    const tell = (pod: string, text: string) => (isTable ? live.note(`${pod}: ${text}`) : progress.step(pod, text));
    void watchEnvoys({ ...envoysOf(stack), say: tell, signal: ended.signal });
    const reason = await Promise.race([
      aborted(interrupted),
      load.died.then(() => 'died' as const),
      ...(options.forMs === undefined ? [] : [lasting(options.forMs, firstCall.signal)]),
    ]);
    ended.abort();
    screen?.close();
    isTable = false;
    const exit = await load.stop();
    await counting?.count();
    await page?.close();
    await stack.stop();
    const isSound = options.client === undefined ? reason !== 'died' && isInOrder(exit) : isInOrder(exit);
    if (!isSound) err(`${load.client.name} ended: ${[describeExit(exit), ...load.client.tail()].join('\n  ')}\n`);
    return report(isSound);
  } catch (thrown) {
    isTable = false;
    await page?.close();
    await stack?.stop();
    err(`local stack: ${explain(thrown)}\n`);
    return 1;
  }

  function report(isSound: boolean): number {
    for (const name of live.servers()) if (!live.tally.pods.has(name)) live.tally.pods.set(name, 0);
    const hadSamePods = live.servers().length === options.servers;
    const summary: Summary = summarize(live.tally, load?.lateness() ?? { behindSchedule: 0, neverSent: 0 });
    const shown = options.client === undefined || live.hasLedger ? summary : countedSummary(summary);
    if (options.json) out(`${JSON.stringify(shown)}\n`);
    else out(formatSummary(shown, { elapsedMs: live.view().elapsedMs, hadSamePods }));
    if (isSound && summary.calls > 0 && summary.ok === 0) err('local stack: no call was answered\n');
    return isSound && (summary.calls === 0 || summary.ok > 0) ? 0 : 1;
  }
}

/** 128 + 15 is how a shell, and some programs, report SIGTERM. */
const TERMINATED = 143;

/** A client that has not yet come to handling signals ends by SIGTERM, and has not called yet either. */
function isInOrder({ code, signal }: ExitStatus): boolean {
  return code === 0 || code === TERMINATED || signal === 'SIGTERM';
}

function envoysOf({ envoys, manifests }: Stack): Pick<EnvoyViewOptions, 'envoys' | 'cluster' | 'statistics'> {
  const port = manifests.envoy.scrape?.port;
  return {
    envoys: () => envoys.pods().filter(({ state }) => state === 'ready'),
    cluster: manifests.serverCluster.name,
    statistics: (address) => requestText(`http://${address}:${port}${manifests.envoy.scrape?.path}`),
  };
}

/** Resolves `ms` after the first call. */
async function lasting(ms: number, firstCall: AbortSignal): Promise<void> {
  await delay(FIRST_CALL_MS, firstCall);
  await delay(ms, new AbortController().signal);
}

/** Puts what the client warns of among the events of the table. */
function noteWarning(live: LiveState, line: string): void {
  const { level, msg, code, detail } = jsonObject(line) ?? { msg: line };
  if (level === 'info' || level === 'debug') return;
  live.note(['client:', msg, code, detail].filter((word) => typeof word === 'string').join(' '));
}

function explain(thrown: unknown): string {
  const error = toError(thrown);
  const isExpected = error instanceof StartError || error instanceof OverlayError;
  return isExpected ? error.message : (error.stack ?? error.message);
}
