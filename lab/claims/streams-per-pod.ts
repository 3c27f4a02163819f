// On which pod each stream is at a moment, read from its messages, and how evenly that spreads the streams over the pods.
import type { Call } from '../records/call';

/** How many streams each of these pods has at `atMs`: those whose last answer until then came from it. */
export function streamsPerPod(calls: readonly Call[], atMs: number, pods: readonly string[]): readonly number[] {
  const podOf = new Map<string, string>();
  for (const { load, stream, code, pod, sentMs, latencyMs } of calls) {
    if (sentMs > atMs) break;
    if (stream !== undefined && code === 'OK' && sentMs + latencyMs <= atMs) podOf.set(`${load} ${stream}`, pod);
  }
  const counts = new Map(pods.map((pod) => [pod, 0]));
  for (const pod of podOf.values()) counts.set(pod, (counts.get(pod) ?? 0) + 1);
  return pods.map((pod) => counts.get(pod) ?? 0);
}

/** The largest distance of a pod from its fair share, as a part of that share; NaN without streams. */
export function unevenness(counts: readonly number[]): number {
  const fair = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return Math.max(...counts.map((count) => Math.abs(count / fair - 1)));
}
