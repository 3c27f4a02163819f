// How long a stream may live before the server ends it between two messages. The client opens it again, and the balancer
// chooses a pod anew: without it a stream stays where it began, and pods that are new get none. Knows nothing of gRPC.
// gRPC has ages of connections only (gRFC A9), which move no stream behind a proxy: docs/server.md.

export interface StreamAge {
  /** ms; 0 is for ever. */
  readonly maxAgeMs: number;
  /** The largest part of `maxAgeMs` that a stream may live longer, so that those opened together do not end together. */
  readonly jitter: number;
}

/** Watches over one stream from now on: calls its own `onOld` once, when it is old. What it returns ends the watch. */
export type WatchAge = (onOld: () => void) => () => void;

/** What makes streams grow old: chance and time, handed in so that tests need not wait. */
export interface AgeDeps {
  /** In [0, 1). */
  readonly random: () => number;
  /** Calls back after `ms`; what it returns prevents that. */
  readonly setTimer: (callback: () => void, ms: number) => () => void;
}

const SYSTEM: AgeDeps = {
  random: Math.random,
  setTimer(callback, ms) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export interface StreamAges {
  readonly watch: WatchAge;
  /** Makes every stream old that is watched now: the process is about to leave. */
  endAll(): void;
}

/** Undefined where streams may live for ever. */
export function createStreamAges(
  { maxAgeMs, jitter }: StreamAge,
  { random, setTimer }: AgeDeps = SYSTEM,
): StreamAges | undefined {
  if (maxAgeMs === 0) return undefined;
  /** Of each stream that is not old yet: what to call then, and what stops its timer. */
  const young = new Map<() => void, () => void>();
  const leave = (onOld: () => void) => {
    young.get(onOld)?.();
    young.delete(onOld);
  };
  const grow = (onOld: () => void) => {
    leave(onOld);
    onOld();
  };
  return {
    watch(onOld) {
      young.set(
        onOld,
        setTimer(() => grow(onOld), maxAgeMs * (1 + jitter * random())),
      );
      return () => leave(onOld);
    },
    endAll() {
      for (const onOld of [...young.keys()]) grow(onOld);
    },
  };
}
