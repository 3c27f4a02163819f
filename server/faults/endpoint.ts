// The admin endpoint through which the lab makes this server misbehave. It is there only when FAULT_PORT is set, which no
// manifest does: GET, PUT and DELETE /faults, POST /abort, POST /freeze?ms=N. What a fault does to a call is in injector.ts.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readBody } from '../../runtime/http-body';
import { type HttpPort, openHttpPort } from '../../runtime/http-port';
import { createFaultInjector, type FaultInjector } from './injector';
import { type Read, readFaults, readFreezeMs } from './request';

export interface FaultEndpointOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Told whether health should say SERVING, at each change of the faults. */
  readonly setServing: (isServing: boolean) => void;
  /** Told whether the kubelet's readiness probe should get an answer, at each change of the faults. */
  readonly setAnsweringProbes: (isAnswering: boolean) => void;
  /** Ends this process at once, with calls in flight. */
  readonly abort: () => void;
  /** Freezes for this long (ms), with the event loop. Default: sleepMs. */
  readonly freeze?: (ms: number) => void;
  /** In [0, 1): decides which calls fail. Default: Math.random. */
  readonly random?: () => number;
}

/** Closed, it takes no more orders; the faults that are on stay on. */
export interface FaultEndpoint extends HttpPort {
  /** Puts the faults that are on between a request and its answer. */
  readonly wrap: FaultInjector['wrap'];
}

/** Characters. */
const MAX_BODY = 4096;
const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8' };

/** @throws StartError when the address cannot be bound. */
export async function startFaultEndpoint(options: FaultEndpointOptions): Promise<FaultEndpoint> {
  const { host, port, setServing, setAnsweringProbes, abort, freeze = sleepMs, random = Math.random } = options;
  const injector = createFaultInjector({ setServing, setAnsweringProbes, random });
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 5000 }, (request, response) => {
    answer({ injector, abort, freeze }, request, response).catch(() => response.destroy());
  });
  const opened = await openHttpPort(server, host, port, 'take faults');
  return { ...opened, wrap: injector.wrap };
}

/** Blocks the thread for `ms` without using the CPU, as a process does that was sent SIGSTOP. */
export function sleepMs(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

interface Orders {
  readonly injector: FaultInjector;
  readonly abort: () => void;
  readonly freeze: (ms: number) => void;
}

type Action = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => Promise<void> | void;

async function answer({ injector, abort, freeze }: Orders, request: IncomingMessage, response: ServerResponse) {
  const showFaults: Action = (_, shown) => {
    shown.writeHead(200, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(injector.current)}\n`);
  };
  const actions: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
    '/faults': {
      GET: showFaults,
      PUT: async (...exchange) => {
        const faults = readFaults(await readBody(exchange[0], MAX_BODY));
        if (!faults.ok) return refuse(exchange[1], faults);
        injector.set(faults.value);
        return showFaults(...exchange);
      },
      DELETE: (...exchange) => {
        injector.set({});
        return showFaults(...exchange);
      },
    },
    '/abort': {
      POST: (_, last) => {
        last.writeHead(202, PLAIN).end('aborting\n', () => abort());
      },
    },
    '/freeze': {
      POST: (_, thawed, query) => {
        const ms = readFreezeMs(query.get('ms'));
        if (!ms.ok) return refuse(thawed, ms);
        freeze(ms.value);
        thawed.writeHead(200, PLAIN).end(`was frozen for ${ms.value} ms\n`);
      },
    },
  };
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://faults');
  const methods = Object.hasOwn(actions, pathname) ? actions[pathname] : undefined;
  if (methods === undefined) {
    response.writeHead(404, PLAIN).end(`only ${Object.keys(actions).join(', ')} are here\n`);
    return;
  }
  const method = request.method ?? '';
  if (!Object.hasOwn(methods, method)) {
    const allowed = Object.keys(methods).join(', ');
    response.writeHead(405, { ...PLAIN, Allow: allowed }).end(`only ${allowed} is allowed\n`);
    return;
  }
  await methods[method]?.(request, response, searchParams);
}

function refuse(response: ServerResponse, { problem }: Extract<Read<unknown>, { ok: false }>): void {
  response.writeHead(400, PLAIN).end(`${problem}\n`);
}
