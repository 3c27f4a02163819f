// An API server in this process, on a socket as `kubectl proxy` offers it: objects by path, patches, watches, and
// whatever a test adds. It does what the driver asks for; all else is refused.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type Api, createApi } from '../../../../../lab/system/cluster/api';

export type Json = Record<string, unknown>;
export type Answer = (response: ServerResponse, url: string) => void;

export interface FakeKubernetes {
  readonly api: Api;
  /** Objects by path; a test reads and writes them as it likes. */
  readonly objects: Map<string, Json>;
  /** Every request but GETs: `PATCH /apis/…`. */
  readonly writes: string[];
  /** Answers whatever begins with `prefix` (`GET /api/v1/…`) in place of the rest; the newest first. */
  answer(prefix: string, answer: Answer): void;
  /** Sends a line to the watches that are open on the collection. */
  tell(collection: string, type: string, object: Json): void;
  /** How many watches are open on the collection. */
  watchers(collection: string): number;
  breakWatches(collection: string): void;
  close(): Promise<void>;
}

export async function startFakeKubernetes(): Promise<FakeKubernetes> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fake-kubernetes-'));
  const socketPath = path.join(folder, 'api.sock');
  const objects = new Map<string, Json>();
  const writes: string[] = [];
  const answers: [prefix: string, answer: Answer][] = [];
  const watches = new Map<string, Set<ServerResponse>>();
  const watchesOn = (collection: string) => {
    const open = watches.get(collection) ?? new Set();
    watches.set(collection, open);
    return open;
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    let text = '';
    for await (const chunk of request) text += chunk;
    if (method !== 'GET') writes.push(`${method} ${url}`);
    const special = answers.find(([prefix]) => `${method} ${url}`.startsWith(prefix));
    if (special !== undefined) return special[1](response, url);
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (searchParams.get('watch') === 'true') {
      response.writeHead(200).flushHeaders();
      watchesOn(pathname).add(response);
      response.on('close', () => watchesOn(pathname).delete(response));
      return;
    }
    reply(response, store(method, pathname, text === '' ? {} : JSON.parse(text)));
  }

  /** What an API server does to an object; undefined where there is none. */
  function store(method: string, pathname: string, body: Json): Json | undefined {
    if (method === 'POST') {
      const name = (body.metadata as Json).name as string;
      if (objects.has(`${pathname}/${name}`)) return { status: 409, message: `"${name}" already exists` };
      objects.set(`${pathname}/${name}`, body);
      return body;
    }
    const target = pathname.replace(/\/scale$/, '');
    const object = objects.get(target);
    if (method === 'DELETE') {
      objects.delete(target);
      return object;
    }
    if (method === 'PATCH' && object !== undefined) {
      const patched = merge(object, body) as Json;
      objects.set(target, patched);
      return patched;
    }
    if (object !== undefined) return object;
    const items = [...objects].filter(([at]) => at.startsWith(`${pathname}/`)).map(([, item]) => item);
    return /(pods|configmaps|deployments)$/.test(pathname) ? { metadata: { resourceVersion: '1' }, items } : undefined;
  }

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    api: createApi(socketPath),
    objects,
    writes,
    answer: (prefix, answer) => void answers.unshift([prefix, answer]),
    tell: (collection, type, object) => {
      for (const watch of watchesOn(collection)) watch.write(`${JSON.stringify({ type, object })}\n`);
    },
    watchers: (collection) => watchesOn(collection).size,
    breakWatches: (collection) => {
      for (const watch of watchesOn(collection)) watch.destroy();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}

/** JSON, with the status that the answer names; 404 where there is none. */
export function reply(response: ServerResponse, answer: Json | undefined): void {
  const status = answer === undefined ? 404 : typeof answer.status === 'number' ? answer.status : 200;
  response.writeHead(status).end(JSON.stringify(answer ?? { message: 'not found' }));
}

/** A merge patch; lists whose items have names are merged by them unless told otherwise, as strategic patches are. */
function merge(target: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return mergeLists((target ?? []) as Json[], patch as Json[]);
  if (typeof patch !== 'object' || patch === null) return patch;
  const merged: Json = { ...(target as Json | undefined) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

function mergeLists(target: Json[], patch: Json[]): Json[] {
  if (patch.some((item) => item.$patch === 'replace')) return patch.filter((item) => item.$patch === undefined);
  const names = new Map(target.map((item) => [item.name, item]));
  for (const item of patch) names.set(item.name, merge(names.get(item.name), item) as Json);
  return [...names.values()];
}
