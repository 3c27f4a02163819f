// Keeps as many pods of one kind as are wanted, as a Deployment does: replaces what died, scales, rolls with one pod more
// and none less than wanted. What a pod is, and how it lives, is in pod.ts.
import { StartError } from '../../runtime/errors';
import { delay } from '../../runtime/lifecycle';
import type { AddressPool } from './addresses';
import { type Pod, type PodBlueprint, type PodContext, type PodState, startPod } from './pod';

export interface Deployment {
  readonly name: string;
  /** Pods that are wanted. */
  readonly replicas: number;
  /** All pods that have left something behind, oldest first. */
  pods(): readonly Pod[];
  /**
   * Resolves when `replicas` pods are ready and the others are out of DNS (they may still drain).
   * @throws StartError when a pod does not start.
   */
  scale(replicas: number): Promise<void>;
  /** Ends one pod in order; a new one takes its place at once. Resolves when the old one is gone. */
  remove(name: string): Promise<void>;
  /** SIGKILL without warning; a new pod takes its place. Resolves when the process is dead. */
  kill(name: string): Promise<void>;
  /** Any signal to the process of a pod, SIGSTOP and SIGCONT for instance. */
  signal(name: string, signal: NodeJS.Signals): void;
  /** Replaces every pod there is now, one after the other. Resolves when the last old one is out of DNS. */
  roll(): Promise<void>;
  /** Resolves when nothing is under way: as many ready pods as wanted, none starting, draining or dead. */
  settled(): Promise<void>;
  /** Ends every pod at once. */
  close(): Promise<void>;
}

/** The addresses of pods, for names of both kinds. */
export interface PublishedAddresses {
  /** What DNS has where a Service names ready pods only. */
  readonly ready: readonly string[];
  /** What it has where a Service publishes pods that are not ready: from the start of a pod until nothing is left of it. */
  readonly all: readonly string[];
}

export interface DeploymentOptions extends Omit<PodContext, 'onChange'> {
  readonly blueprint: PodBlueprint;
  readonly addresses: AddressPool;
  /** Called whenever that may have changed. */
  readonly publish: (addresses: PublishedAddresses) => void;
  readonly onChange: (pod: Pod, detail: string | undefined) => void;
}

const IN_DNS_AS_READY: readonly PodState[] = ['ready', 'died'];
const WANTED: readonly PodState[] = ['starting', 'ready', 'unready'];
/** Between two attempts to replace a pod that did not start, doubled each time. */
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 10_000;

export function createDeployment(options: DeploymentOptions): Deployment {
  const { blueprint, addresses } = options;
  const name = blueprint.manifest.deployment;
  const pods = new Map<string, Pod>();
  const wasReady = new Set<string>();
  const waiters = new Set<() => void>();
  const closing = new AbortController();
  let replicas = 0;
  let started = 0;
  let generation = 0;
  /** Failed starts in a row, and in all. */
  let failedStarts = 0;
  let allFailedStarts = 0;
  let lastFailure = '';
  let retryAt = 0;
  let rolling: Promise<void> | undefined;

  const wanted = () => [...pods.values()].filter((pod) => WANTED.includes(pod.state));

  function start(): Pod {
    const pod = startPod({ name: `${name}-${++started}`, address: addresses.take(), generation }, blueprint, {
      ...options,
      onChange,
    });
    pods.set(pod.name, pod);
    publish();
    options.onChange(pod, undefined);
    return pod;
  }

  function publish(): void {
    if (closing.signal.aborted) return;
    const all = [...pods.values()];
    options.publish({
      ready: all.filter(({ state }) => IN_DNS_AS_READY.includes(state)).map(({ address }) => address),
      all: all.map(({ address }) => address),
    });
  }

  function onChange(pod: Pod, detail: string | undefined): void {
    if (pod.state === 'ready') {
      wasReady.add(pod.name);
      failedStarts = 0;
    }
    if (pod.state === 'died' && !wasReady.has(pod.name)) {
      failedStarts++;
      allFailedStarts++;
      lastFailure = `${pod.name} on ${pod.address} did not start: ${detail}`;
      retryAt = Date.now() + Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failedStarts - 1));
    }
    if (pod.state === 'gone') {
      pods.delete(pod.name);
      wasReady.delete(pod.name);
      addresses.release(pod.address);
    }
    publish();
    options.onChange(pod, detail);
    reconcile();
    for (const wake of [...waiters]) wake();
  }

  /** Brings the number of pods to what is wanted. While a roll is on, one more is allowed. */
  function reconcile(): void {
    if (closing.signal.aborted) return;
    const current = wanted();
    const surplus = current.length - replicas - (rolling === undefined ? 0 : 1);
    // The old generation first, then the youngest: what Kubernetes prefers to delete.
    const order = [...current].sort((a, b) => a.generation - b.generation || sequence(b) - sequence(a));
    for (const pod of order.slice(0, Math.max(0, surplus))) void pod.drain();
    const missing = replicas - current.length;
    if (missing <= 0) return;
    const waitMs = failedStarts === 0 ? 0 : retryAt - Date.now();
    if (waitMs > 0) void delay(waitMs, closing.signal).then(reconcile);
    // Without a free address the next try is when a pod is gone.
    else for (let n = 0; n < missing && addresses.hasFree; n++) start();
  }

  function until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        if (!condition() && !closing.signal.aborted) return;
        waiters.delete(wake);
        resolve();
      };
      waiters.add(wake);
      wake();
    });
  }

  async function untilReady(): Promise<void> {
    const failuresBefore = allFailedStarts;
    const isReady = () => wanted().length === replicas && wanted().every((pod) => pod.state === 'ready');
    await until(() => isReady() || allFailedStarts > failuresBefore);
    if (!closing.signal.aborted && !isReady()) throw new StartError(lastFailure);
  }

  async function roll(): Promise<void> {
    generation++;
    while (!closing.signal.aborted) {
      const old = wanted().find((pod) => pod.generation < generation);
      if (old === undefined) return;
      await until(() => addresses.hasFree);
      if (closing.signal.aborted) return;
      const fresh = start();
      await until(() => fresh.state !== 'starting');
      if (fresh.state === 'died' || fresh.state === 'gone') throw new StartError(lastFailure);
      await delay(blueprint.manifest.minReadyMs, closing.signal);
      if (WANTED.includes(old.state)) void old.drain();
    }
  }

  return {
    name,
    get replicas() {
      return replicas;
    },
    pods: () => [...pods.values()],
    scale: async (count) => {
      replicas = count;
      reconcile();
      for (const wake of [...waiters]) wake();
      await untilReady();
    },
    remove: async (podName) => {
      await pods.get(podName)?.drain();
    },
    kill: async (podName) => {
      const pod = pods.get(podName);
      if (pod === undefined) return;
      pod.signal('SIGKILL');
      await until(() => pod.state === 'died' || pod.state === 'gone');
    },
    signal: (podName, signal) => pods.get(podName)?.signal(signal),
    roll: () => {
      rolling ??= roll().finally(() => {
        rolling = undefined;
        reconcile();
      });
      return rolling;
    },
    settled: () =>
      until(() => {
        const all = [...pods.values()];
        return rolling === undefined && all.length === replicas && all.every((pod) => pod.state === 'ready');
      }),
    close: async () => {
      closing.abort();
      await Promise.all([...pods.values()].map((pod) => pod.destroy()));
      for (const wake of [...waiters]) wake();
    },
  };
}

/** The number at the end of a pod's name. */
function sequence(pod: Pod): number {
  return Number(/\d+$/.exec(pod.name)?.[0] ?? 0);
}
