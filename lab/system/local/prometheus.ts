// A Prometheus that reads the pods of a local system. It starts when it is first asked something, since few experiments
// ask, and its data goes with the system.
import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { requestText } from '../../../command-line/http-text';
import { describeExit, type RunningProcess, startProcess } from '../../../local/pods/process';
import { type Reaper, startReaper } from '../../../local/pods/reaper';
import type { PrometheusBinary } from '../../../local/prometheus/binary';
import { localPrometheusConfig, type ScrapedPod, targetsOf } from '../../../local/prometheus/config';
import type { Variables } from '../../../manifest-reader/pod-manifest';
import { StartError } from '../../../runtime/errors';
import type { AskPrometheus } from '../prometheus/api';
import { waitUntil } from '../wait-until';

export interface LocalPrometheus {
  /** Starts it, the first time. Rejects when it does not start, or has ended. */
  readonly ask: AskPrometheus;
  /** To be called when pods have come or gone. */
  retarget(): void;
  /** Ends it and removes its files, if it was started. */
  close(): Promise<void>;
}

export interface LocalPrometheusOptions {
  readonly binary: PrometheusBinary;
  /** The folder that holds the `*_k8s` folders. */
  readonly manifestsRoot: string;
  /** The run's folder. */
  readonly folder: string;
  readonly machineEnv: Variables;
  /** All pods that there are now. */
  readonly pods: () => readonly ScrapedPod[];
  /** Aborts when the system is closed. */
  readonly signal: AbortSignal;
}

const START_MS = 60_000;
const LISTENS = /msg="Listening on".* address=(\S+)/;

export function createLocalPrometheus(options: LocalPrometheusOptions): LocalPrometheus {
  const { binary, manifestsRoot, machineEnv, pods, signal } = options;
  const folder = path.resolve(options.folder, 'prometheus');
  const targetsFile = path.join(folder, 'targets.json');
  let reaper: Reaper | undefined;
  let running: RunningProcess | undefined;
  let address = '';
  let started: Promise<void> | undefined;
  let hasTargets = false;

  /** All or nothing: it must never read half a file. */
  function writeTargets(): void {
    const draft = path.join(folder, 'targets.draft');
    writeFileSync(draft, targetsOf(pods()));
    renameSync(draft, targetsFile);
    hasTargets = true;
  }

  async function start(): Promise<void> {
    const configFile = path.join(folder, 'prometheus.yml');
    await mkdir(folder, { recursive: true });
    reaper = startReaper();
    reaper.watch({ kind: 'directory', path: folder });
    writeFileSync(configFile, localPrometheusConfig(manifestsRoot, targetsFile));
    writeTargets();
    const args = [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      // A free port; which one it says itself.
      '--web.listen-address=127.0.0.1:0',
    ];
    const onLine = (_: string, line: string) => {
      address ||= LISTENS.exec(line)?.[1] ?? '';
    };
    running = await startProcess({ command: binary.path, args, env: machineEnv, onLine }, reaper);
    const child = running;
    const look = async () => {
      if (child.exit !== undefined) return undefined;
      if (address === '') return 'it does not listen yet';
      await requestText(`http://${address}/-/ready`);
      return undefined;
    };
    await waitUntil('start of Prometheus', look, { withinMs: START_MS, signal });
    assertRunning(child);
  }

  async function close(): Promise<void> {
    await started?.catch(() => {});
    // Nothing of it is wanted any more, so it need not write anything down.
    running?.signal('SIGKILL');
    await running?.exited;
    await rm(folder, { recursive: true, force: true });
    reaper?.forget({ kind: 'directory', path: folder });
    await reaper?.close();
  }

  return {
    ask: async (pathAndQuery) => {
      if (signal.aborted) throw new Error('cannot ask Prometheus: the system is closed');
      started ??= start();
      await started;
      assertRunning(running);
      return requestText(`http://${address}${pathAndQuery}`);
    },
    retarget: () => {
      if (hasTargets && !signal.aborted) writeTargets();
    },
    close,
  };
}

function assertRunning(child: RunningProcess | undefined): void {
  if (child?.exit === undefined) return;
  throw new StartError([`Prometheus has ended with ${describeExit(child.exit)}:`, ...child.tail()].join('\n  '));
}
