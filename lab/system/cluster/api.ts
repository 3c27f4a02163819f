// Speaks HTTP with the API server through the socket of api-proxy.ts: JSON in and out, limits of time, and errors that
// say what was asked and what the server said. Knows no kind of object.
import { type IncomingMessage, request } from 'node:http';

export interface Api {
  /** @throws ApiError when the server refuses, or does not answer within `timeoutMs` (default 15,000). */
  get<T>(path: string, timeoutMs?: number): Promise<T>;
  text(path: string, timeoutMs?: number): Promise<string>;
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, timeoutMs?: number): Promise<T>;
  patch<T>(path: string, patch: unknown, kind?: PatchKind): Promise<T>;
  /** Passes on the body as it comes; resolves when the server ends it, or as soon as `signal` aborts. */
  stream(path: string, signal: AbortSignal, onText: (text: string) => void | Promise<void>): Promise<void>;
}

/** `merge` replaces lists as a whole, `strategic` knows the keys of Kubernetes' own lists. */
export type PatchKind = 'merge' | 'strategic';

/** The API server, or the pod behind it, did not do what it was asked. `status` is HTTP's; 0 without an answer. */
export class ApiError extends Error {
  constructor(
    readonly asked: string,
    readonly status: number,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${asked}: ${status === 0 ? '' : `status ${status}, `}${reason}`, options);
    this.name = 'ApiError';
  }
}

/** Whether `thrown` says that the object is not there. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.status === 404;
}

/** For `catch`: undefined in place of what is not there. @throws whatever else was thrown */
export function unlessNotFound(thrown: unknown): undefined {
  if (!isNotFound(thrown)) throw thrown;
  return undefined;
}

const TIMEOUT_MS = 15_000;
const LONGEST_REASON = 400;

export function createApi(socketPath: string): Api {
  const text: Api['text'] = async (path, timeoutMs) =>
    readAll(await ask(socketPath, { method: 'GET', path, timeoutMs }));
  return {
    text,
    get: async (path, timeoutMs) => JSON.parse(await text(path, timeoutMs)),
    send: async (method, path, body, timeoutMs) => {
      const answer = await readAll(await ask(socketPath, { method, path, body, timeoutMs }));
      return parseIfJson(answer);
    },
    patch: async (path, body, kind = 'merge') => {
      const contentType = `application/${kind === 'merge' ? 'merge-patch' : 'strategic-merge-patch'}+json`;
      return JSON.parse(await readAll(await ask(socketPath, { method: 'PATCH', path, body, contentType })));
    },
    stream: async (path, signal, onText) => {
      try {
        const response = await ask(socketPath, { method: 'GET', path, signal });
        response.setEncoding('utf8');
        for await (const chunk of response) await onText(chunk as string);
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      }
    },
  };
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly timeoutMs?: number | undefined;
  /** In place of a limit of time. */
  readonly signal?: AbortSignal;
}

/** The answer, once its head is there and it is a good one. */
function ask(socketPath: string, question: Question): Promise<IncomingMessage> {
  const { method, path, body, contentType = 'application/json', timeoutMs = TIMEOUT_MS } = question;
  const asked = `${method} ${path}`;
  const signal = question.signal ?? AbortSignal.timeout(timeoutMs);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    host: 'localhost',
    ...(payload !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers, agent: false, signal });
    outgoing.once('error', (cause) => {
      const isLate = question.signal === undefined && signal.aborted;
      const reason = isLate ? `no answer after ${timeoutMs} ms` : cause.message;
      reject(new ApiError(asked, 0, reason, { cause }));
    });
    outgoing.once('response', (response) => {
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) return resolve(response);
      readAll(response).then(
        (said) => reject(new ApiError(asked, statusCode, reasonOf(said))),
        (cause: Error) => reject(new ApiError(asked, statusCode, cause.message, { cause })),
      );
    });
    outgoing.end(payload);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

/** The message of Kubernetes' Status object, or the text itself. */
function reasonOf(said: string): string {
  const { message } = (parseIfJson(said) ?? {}) as { message?: unknown };
  return (typeof message === 'string' ? message : said.trim()).slice(0, LONGEST_REASON);
}

/** Pods behind the API server's proxy answer in whatever form they like. */
function parseIfJson<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    return text as T;
  }
}
