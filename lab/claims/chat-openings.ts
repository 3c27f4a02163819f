// Chat streams, read from the messages on them: which pods answered each stream, and each opening of it.
import type { Call } from '../records/call';

/** One opening of one stream: it begins when the stream is opened, or opened again, and ends when it breaks. */
export interface Opening {
  readonly load: string;
  readonly stream: number;
  readonly opening: number;
  /** That answered on it, in the order of their first answers. */
  readonly pods: readonly string[];
}

/** All openings on which a message was answered, in the order of their first messages. */
export function openingsOf(calls: readonly Call[]): readonly Opening[] {
  const found = new Map<string, Opening & { readonly pods: string[] }>();
  for (const { load, stream, opening = 1, code, pod } of calls) {
    if (stream === undefined || code !== 'OK') continue;
    const key = `${load} ${stream} ${opening}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { load, stream, opening, pods: [pod] });
    else if (!known.pods.includes(pod)) known.pods.push(pod);
  }
  return [...found.values()];
}

/** The pods of each stream, all its openings together. */
export function podsOfStreams(openings: readonly Opening[]): readonly (readonly string[])[] {
  const streams = new Map<string, Set<string>>();
  for (const { load, stream, pods } of openings) {
    const key = `${load} ${stream}`;
    streams.set(key, new Set([...(streams.get(key) ?? []), ...pods]));
  }
  return [...streams.values()].map((pods) => [...pods]);
}

/** Messages that a load numbered but that have no line in its ledger. */
export function missingMessages(calls: readonly Call[]): number {
  const last = calls.reduce((most, { seq }) => Math.max(most, seq), 0);
  return last - new Set(calls.map(({ seq }) => seq)).size;
}
