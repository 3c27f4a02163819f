// One pod as a process: from its start to the moment nothing is left of it. Owns the pod's state and what leads from one
// to the next; which pods there should be is decided in deployment.ts.
import type { PodManifest } from '../../manifest-reader/pod-manifest';
import { toError } from '../../runtime/errors';
import { delay } from '../../runtime/lifecycle';
import { describeExit, type ProcessSpec, type RunningProcess, startProcess } from './process';
import { type Probe, watchReadiness } from './readiness';
import type { Reaper } from './reaper';

/**
 * What DNS has of it depends on the Service: names of ready pods have it while it is `ready` or `died`, names that
 * publish unready pods until it is `gone`.
 * - `starting`: runs, was never ready
 * - `ready`: passes its probe
 * - `unready`: was ready, fails its probe
 * - `draining`: was asked to end, still answers
 * - `died`: ended without being asked, which is not noticed yet
 * - `gone`: has ended and is not in DNS
 */
export type PodState = 'starting' | 'ready' | 'unready' | 'draining' | 'died' | 'gone';

/** A change of a pod's state. */
export interface PodEvent {
  /** When it happened (ms since the epoch). */
  readonly atMs: number;
  readonly pod: string;
  readonly address: string;
  readonly state: PodState;
  /** Why, where there is something to say. */
  readonly detail: string | undefined;
}

/** What runs as a pod. */
export interface PodBlueprint {
  readonly manifest: PodManifest;
  /** What a pod of this name and address runs. May write files first. */
  prepare(name: string, address: string): Promise<ProcessSpec>;
  /** Runs before the pod is told to end. Rejects with what went wrong; the pod ends anyway. */
  readonly preStop?: (name: string, address: string) => Promise<void>;
  /** The process of the pod has ended. */
  readonly cleanUp?: (name: string) => Promise<void>;
}

export interface PodContext {
  readonly reaper: Reaper;
  readonly probe: Probe;
  readonly onLine: (pod: string, line: string) => void;
  /** Called after each change of state; `detail` says why, where there is something to say. */
  readonly onChange: (pod: Pod, detail: string | undefined) => void;
}

export interface Pod {
  readonly name: string;
  readonly address: string;
  /** Which version of the Deployment it belongs to; a rolling restart begins a new one. */
  readonly generation: number;
  /** 0 until its process runs. */
  readonly pid: number;
  readonly state: PodState;
  /** Sends a signal to its process, in any state. */
  signal(signal: NodeJS.Signals): void;
  /** Not ready any more, preStop, SIGTERM, and SIGKILL at the end of the grace period. Resolves when it is gone. */
  drain(): Promise<void>;
  /** SIGKILL, without a word to anyone. Resolves when it is gone. */
  destroy(): Promise<void>;
}

/** How long after its death a pod stays in every DNS name: kubelet looks for dead containers about once a second. */
export const NOTICE_DEATH_MS = 1000;
/** What the manifests give a pod to become ready (startupProbe). */
const START_DEADLINE_MS = 60_000;

export interface PodIdentity {
  readonly name: string;
  readonly address: string;
  readonly generation: number;
}

/** Starts a pod at once; `onChange` reports its life. */
export function startPod(identity: PodIdentity, blueprint: PodBlueprint, context: PodContext): Pod {
  const { name, address, generation } = identity;
  const { manifest } = blueprint;
  const ended = new AbortController();
  let state: PodState = 'starting';
  let running: RunningProcess | undefined;
  let stopping: Promise<void> | undefined;
  let isOverdue = false;

  const pod: Pod = {
    name,
    address,
    generation,
    get pid() {
      return running?.pid ?? 0;
    },
    get state() {
      return state;
    },
    signal: (signal) => running?.signal(signal),
    drain: () => {
      stopping ??= drain();
      return stopping;
    },
    destroy: () => {
      stopping ??= life;
      become('draining');
      ended.abort();
      running?.signal('SIGKILL');
      return life;
    },
  };
  const life = run();
  return pod;

  function become(next: PodState, detail?: string): void {
    if (state === next || state === 'gone') return;
    state = next;
    context.onChange(pod, detail);
  }

  /** The whole life. */
  async function run(): Promise<void> {
    let reason: string;
    try {
      const spec = await blueprint.prepare(name, address);
      running = await startProcess({ ...spec, onLine: (_, line) => context.onLine(name, line) }, context.reaper);
      if (stopping === undefined) void watch();
      else running.signal('SIGKILL');
      const exit = await running.exited;
      const cause = isOverdue ? `not ready within ${START_DEADLINE_MS / 1000} s` : describeExit(exit);
      reason = [cause, ...running.tail()].join('\n  ');
    } catch (thrown) {
      reason = toError(thrown).message;
    }
    if (stopping === undefined) {
      become('died', reason);
      await delay(NOTICE_DEATH_MS, ended.signal);
    }
    ended.abort();
    await blueprint.cleanUp?.(name);
    become('gone');
  }

  async function watch(): Promise<void> {
    const deadline = setTimeout(() => {
      if (state !== 'starting') return;
      isOverdue = true;
      running?.signal('SIGKILL');
    }, START_DEADLINE_MS);
    deadline.unref();
    const onChange = (isReady: boolean) => {
      if (state === 'starting' || state === 'ready' || state === 'unready') become(isReady ? 'ready' : 'unready');
    };
    if (manifest.readiness === undefined) return onChange(true);
    await watchReadiness({
      host: address,
      probe: manifest.readiness,
      probeOnce: context.probe,
      onChange,
      signal: ended.signal,
    });
  }

  async function drain(): Promise<void> {
    become('draining');
    const giveUp = setTimeout(() => running?.signal('SIGKILL'), manifest.terminationGraceMs);
    if (running?.exit === undefined) {
      await blueprint
        .preStop?.(name, address)
        .catch((thrown: unknown) => context.onLine(name, toError(thrown).message));
    }
    running?.signal('SIGTERM');
    await life;
    clearTimeout(giveUp);
  }
}
