// Prometheus' HTTP API, as far as the lab asks it: one instant query and its answer. How the request gets there is handed
// in, since one Prometheus is a process and the other is behind an API server.
import type { Sample } from '../../../prometheus-text/samples';

/**
 * Sends GET `pathAndQuery` and returns the text of the answer; undefined when there is no answer yet.
 * Rejects when it could not be asked at all, or was refused.
 */
export type AskPrometheus = (pathAndQuery: string) => Promise<string | undefined>;

interface Answer {
  readonly status?: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: {
    readonly resultType?: string;
    readonly result?: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

/** The samples that `query` gives now; undefined without an answer. @throws Error saying what Prometheus has against it */
export async function queryVector(ask: AskPrometheus, query: string): Promise<readonly Sample[] | undefined> {
  const text = await ask(queryPath(query));
  return text === undefined ? undefined : readVector(text, query);
}

export function queryPath(query: string): string {
  return `/api/v1/query?query=${encodeURIComponent(query)}`;
}

/** @throws Error unless `text` is the answer to an instant query whose result is a vector */
export function readVector(text: string, query: string): readonly Sample[] {
  const fail = (got: string): never => {
    throw new Error(`cannot read the answer of Prometheus to ${query}: expected a vector, got ${got}`);
  };
  let answer: Answer | null;
  try {
    answer = JSON.parse(text) as Answer | null;
  } catch {
    return fail(text.slice(0, 200));
  }
  if (answer?.status === 'error') return fail(`${answer.errorType}: ${answer.error}`);
  const { resultType, result } = answer?.data ?? {};
  if (answer?.status !== 'success' || resultType !== 'vector' || result === undefined) return fail(text.slice(0, 200));
  return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: readValue(value) }));
}

/** Go's way to write a number. */
function readValue(text: string): number {
  return Number(text.replace('Inf', 'Infinity'));
}
