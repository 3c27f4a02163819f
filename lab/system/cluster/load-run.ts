// One load from its pod's start to its ledger in the records: starts it, learns of its first call, asks it to end, and
// loses no line of it.
import { rm } from 'node:fs/promises';
import * as path from 'node:path';
import type { Variables } from '../../../manifest-reader/pod-manifest';
import { samplesOf } from '../../../prometheus-text/samples';
import { delay } from '../../../runtime/lifecycle';
import type { Recorder } from '../../records/recorder';
import type { Load, LoadResult, LoadSpec } from '../load';
import { type Api, unlessNotFound } from './api';
import type { Kubectl } from './kubectl';
import { type LedgerSink, openLedgerSink } from './ledger-sink';
import { followLoadLog } from './load-log';
import { loadEnv, loadPod } from './load-pod';
import { CLIENT, type DeploymentObject, deploymentPath, podsPath } from './objects';
import { CLIENT_METRICS, readMetrics } from './pod-proxy';

export interface LoadDeps {
  readonly api: Api;
  readonly kubectl: Kubectl;
  readonly recorder: Recorder;
  /** Where the ledger lies until it is in the records. */
  readonly folder: string;
  /** Aborts when the run ends: nothing is waited for any more. */
  readonly signal: AbortSignal;
}

const CPU_INTERVAL_MS = 1000;
/** Longer than a call may take, retries included, and the writing of the summary. */
const STOP_WITHIN_MS = 30_000;
const KILL_GRACE_SECONDS = 5;
/** For the news of an end that kubectl did not live to see. */
const NEWS_WITHIN_MS = 2000;

/** @throws Error when its first call has not ended because the pod did not start, or ended before */
export async function startLoadRun(deps: LoadDeps, pod: string, spec: LoadSpec, targetEnv: Variables): Promise<Load> {
  const { api, kubectl, recorder, signal } = deps;
  const podPath = `${podsPath(CLIENT.namespace)}/${pod}`;
  const ledgerFile = path.join(deps.folder, `${pod}.ledger`);
  let onFirstCall = () => {};
  const firstCall = new Promise<void>((resolve) => {
    onFirstCall = resolve;
  });
  const sink = openLedgerSink(ledgerFile, onFirstCall);
  const ended = new AbortController();
  let cpuSeconds: number | undefined;
  let stopping: Promise<void> | undefined;

  async function readCpu(): Promise<void> {
    const text = await readMetrics(api, CLIENT.namespace, pod, CLIENT_METRICS).catch(() => '');
    cpuSeconds = samplesOf(text, 'process_cpu_seconds_total')[0]?.value ?? cpuSeconds;
  }

  async function watchCpu(): Promise<void> {
    for (; !ended.signal.aborted; await delay(CPU_INTERVAL_MS, ended.signal)) await readCpu();
  }

  async function live(): Promise<LoadResult> {
    try {
      const { exitCode } = await followLoadLog(api, pod, sink, signal);
      ended.abort();
      await sink.close();
      const calls = await recorder.addLedger(spec.name, ledgerFile);
      complainOfLoss(spec.name, sink, exitCode);
      return { calls, cpuSeconds };
    } finally {
      ended.abort();
      await sink.close().catch(() => undefined);
      await rm(ledgerFile, { force: true });
      await removePod(api, podPath, 0);
    }
  }

  async function removeUnlessEnded(withinMs: number, graceSeconds: number): Promise<void> {
    await delay(withinMs, ended.signal);
    if (!ended.signal.aborted) await removePod(api, podPath, graceSeconds);
  }

  /** The pod outlives its process, so that its log can be read to the end; to delete it would be a race with that. */
  async function askToEnd(): Promise<void> {
    await readCpu();
    const order = ['node', '-e', 'process.kill(1, "SIGTERM")'];
    const args = ['--namespace', CLIENT.namespace, 'exec', pod, `--container=${CLIENT.container}`, '--', ...order];
    // An order that was carried out fails, too, when it dies with the container that it ends. Where kubectl may not exec,
    // deleting is what is left.
    await kubectl.run(args).catch(() => removeUnlessEnded(NEWS_WITHIN_MS, STOP_WITHIN_MS / 1000));
    await removeUnlessEnded(STOP_WITHIN_MS, KILL_GRACE_SECONDS);
  }

  const client = await api.get<DeploymentObject>(deploymentPath(CLIENT.namespace, CLIENT.deployment));
  await api.send('POST', podsPath(CLIENT.namespace), loadPod(client, pod, loadEnv(spec, targetEnv)));
  const finished = live();
  // A caller that does not wait for it hears of a failure from stop(), or not at all.
  finished.catch(() => undefined);
  const isCalling = await Promise.race([
    firstCall.then(() => true),
    finished.then(
      () => false,
      (thrown: Error) => {
        throw new Error(`load ${spec.name} ended before its first call: ${thrown.message}`, { cause: thrown });
      },
    ),
  ]);
  if (!isCalling && sink.lines === 0) throw new Error(`load ${spec.name} ended without a call\n${sink.tail()}`);
  void watchCpu();
  return {
    name: spec.name,
    finished,
    stop: async () => {
      if (!ended.signal.aborted) stopping ??= askToEnd();
      stopping?.catch(() => undefined);
      return finished;
    },
  };
}

async function removePod(api: Api, podPath: string, graceSeconds: number): Promise<void> {
  await api.send('DELETE', `${podPath}?gracePeriodSeconds=${graceSeconds}`).catch(unlessNotFound);
}

/** @throws Error unless the client says that it ended well, and that all its calls are in the ledger */
function complainOfLoss(load: string, sink: LedgerSink, exitCode: number | undefined): void {
  if (exitCode !== undefined && exitCode !== 0) {
    throw new Error(`load ${load} crashed: exit code ${exitCode}\n${sink.tail()}`);
  }
  if (sink.summaryCalls === undefined) throw new Error(`load ${load} ended without a summary\n${sink.tail()}`);
  if (sink.lines !== sink.summaryCalls) {
    throw new Error(`ledger of load ${load}: expected its ${sink.summaryCalls} calls, got ${sink.lines} lines`);
  }
}
