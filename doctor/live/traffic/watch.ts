// Looks at every Envoy twice, with a while in between in which calls are counted.
import type { Clock } from '../clock';
import type { LiveEnvoy } from './envoy-pods';
import { type EnvoyReading, type Reader, readEnvoyPod } from './read-envoy';

export interface WatchedEnvoy extends LiveEnvoy {
  readonly before: EnvoyReading;
  readonly after: EnvoyReading;
}

export interface Traffic {
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly envoys: readonly WatchedEnvoy[];
}

/** So many kubectl run at once. */
const AT_ONCE = 4;

/**
 * Without an Envoy that shows its numbers there is nothing to wait for. When the reader's signal aborts, it returns early
 * with what it has.
 * @param onProgress is told the seconds that have passed
 */
export async function watchTraffic(
  reader: Reader,
  pods: readonly LiveEnvoy[],
  { clock, seconds, onProgress }: { clock: Clock; seconds: number; onProgress: (passed: number) => void },
): Promise<Traffic> {
  const before = await readAll(reader, pods);
  const startedMs = clock.nowMs();
  if (before.every(({ kind }) => kind === 'none')) {
    return { seconds: 0, startedMs, envoys: pods.map((pod, index) => both(pod, before[index], before[index])) };
  }
  const { signal } = reader.kubectl;
  for (let passed = 0; passed < seconds && !signal.aborted; passed++) {
    onProgress(passed);
    const waitMs = startedMs + (passed + 1) * 1000 - clock.nowMs();
    await clock.pause(Math.max(0, waitMs), signal);
  }
  const watchedSeconds = Math.round((clock.nowMs() - startedMs) / 1000);
  const after = await readAll(reader, pods);
  const envoys = pods.map((pod, index) => both(pod, before[index], after[index]));
  return { seconds: watchedSeconds, startedMs, envoys };
}

const UNREAD: EnvoyReading = { kind: 'none', needs: 'a second look at it' };

function both(pod: LiveEnvoy, before = UNREAD, after = UNREAD): WatchedEnvoy {
  return { ...pod, before, after };
}

async function readAll(reader: Reader, pods: readonly LiveEnvoy[]): Promise<readonly EnvoyReading[]> {
  const readings: EnvoyReading[] = [];
  const queue = [...pods.entries()];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, pod] = next;
      readings[index] = await readEnvoyPod(reader, pod);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return readings;
}
