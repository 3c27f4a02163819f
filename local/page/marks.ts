// The marks of the chart: what happened, when, in a word and in a sentence.
import type { Mark, MarkKind } from './frame';
import type { PodRecord, Tier } from './pod-book';

const KEPT = 200;

export class Marks {
  readonly #marks: Mark[] = [];
  #last = 0;

  add(kind: MarkKind, atMs: number, label: string, text: string, tier?: Tier): void {
    this.#marks.push({ id: ++this.#last, kind, atMs, label, text, ...(tier !== undefined && { tier }) });
    if (this.#marks.length > KEPT) this.#marks.shift();
  }

  /** Those after mark `id`, oldest first. */
  after(id: number): readonly Mark[] {
    return this.#marks.filter((mark) => mark.id > id);
  }

  get last(): number {
    return this.#last;
  }
}

/** `server-4`, as the chart has room for. */
export function shortName(name: string): string {
  return name.replace(/^grpc-/, '');
}

export function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}

/**
 * Marks the change of `pod` that has just happened.
 * @param inDnsFromStart the servers' name has pods that are not ready, too
 */
export function markChange(marks: Marks, pod: PodRecord, detail: string | undefined, inDnsFromStart: boolean): void {
  const { name, tier, state, label, changedMs, startedMs, readyMs } = pod;
  const short = shortName(name);
  const add = (kind: MarkKind, words: string, text: string) => marks.add(kind, changedMs, words, text, tier);
  const why = detail === undefined || label === 'killed' ? '' : `: ${detail.split('\n')[0]}`;
  if (state === 'starting') {
    if (tier === 'envoy') return void add('state', `${short} starts`, `${name} starts`);
    const where = inDnsFromStart ? ' in DNS' : ' starts';
    const what = inDnsFromStart ? 'starts, and DNS has its address' : 'starts';
    return void add('dns', `${short}${where}`, `${name} ${what}`);
  }
  if (state === 'ready') {
    if (readyMs !== changedMs) return void add('ready', `${short} ready`, `${name} is ready again`);
    const after = seconds(changedMs - startedMs);
    return void add('ready', `${short} ready`, `${name} is ready, ${after} after its start`);
  }
  if (state === 'draining') {
    return void add('leave', `${short} leaves`, `${name} was asked to leave${why}`);
  }
  if (state === 'died') return void add('died', `${short} ${label}`, `${name} ${label}${why}`);
  add('state', `${short} ${state}`, `${name} is ${state}${why}`);
}
