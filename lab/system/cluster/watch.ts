// Follows a set of objects in the API: lists them, then hears of each change as it happens, and begins again whenever
// the server ends the stream. What a change means is not known here.
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from './api';
import type { KubernetesObject, List } from './objects';

export interface Watch {
  /** Resolves when the objects that exist now are known. Rejects when they cannot be listed. */
  readonly started: Promise<void>;
  close(): Promise<void>;
}

export interface WatchOptions<T extends KubernetesObject> {
  readonly api: Api;
  /** A collection: `/api/v1/namespaces/envoy/pods`. */
  readonly path: string;
  /** `labelSelector=…` or `fieldSelector=…`, encoded. */
  readonly selector: string;
  /** An object is new or has changed. */
  readonly onChange: (object: T) => void;
  readonly onGone: (object: T) => void;
}

const AGAIN_AFTER_MS = 500;
/** The server ends the stream after this; a connection that died silently is found then at the latest. */
const WATCH_SECONDS = 60;

export function watchObjects<T extends KubernetesObject>({
  api,
  path,
  selector,
  onChange,
  onGone,
}: WatchOptions<T>): Watch {
  const closing = new AbortController();
  const known = new Map<string, T>();
  let version = '';

  async function list(): Promise<void> {
    const { items, metadata } = await api.get<List<T>>(`${path}?${selector}`);
    const names = new Set(items.map((item) => item.metadata.name));
    for (const [name, object] of known) if (!names.has(name)) forget(object);
    for (const item of items) learn(item);
    version = metadata.resourceVersion ?? '';
  }

  function learn(object: T): void {
    const before = known.get(object.metadata.name);
    // A name that came back is another object.
    if (before !== undefined && before.metadata.uid !== object.metadata.uid) onGone(before);
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion && before !== undefined) return;
    known.set(object.metadata.name, object);
    onChange(object);
  }

  function forget(object: T): void {
    if (known.delete(object.metadata.name)) onGone(object);
  }

  async function follow(): Promise<void> {
    const query = `${selector}&watch=true&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}`;
    let rest = '';
    await api.stream(`${path}?${query}&resourceVersion=${version}`, closing.signal, (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
    });
  }

  function take(line: string): void {
    const { type, object } = JSON.parse(line) as { type: string; object: T };
    // ERROR: the version is too old for the server; the list that follows brings a new one.
    if (type === 'ERROR') throw new Error(`watch of ${path}: ${line}`);
    version = object.metadata.resourceVersion ?? version;
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') forget(object);
    else learn(object);
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await follow();
      } catch {
        // The server is away or wants a new beginning: the next list says what was missed.
        await pause(AGAIN_AFTER_MS);
        await list().catch(() => undefined);
      }
    }
  }

  const started = list();
  const running = started.then(run, () => undefined);
  return {
    started,
    close: async () => {
      closing.abort();
      await running;
    },
  };
}
