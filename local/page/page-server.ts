// The page's own web server: on loopback, for the one who was given its address. The document is free to read, since it holds
// nothing; events and orders need the token, which the address has behind `#`, where no server and no log sees it. Requests
// that another site or another name for this machine leads here are refused.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readBody } from '../../runtime/http-body';
import { openHttpPort } from '../../runtime/http-port';
import type { Frame } from './frame';
import { type Order, readOrder } from './orders';
import type { PageDocument } from './page-document';

export interface PageServerOptions {
  readonly document: PageDocument;
  readonly policies: readonly string[];
  /** All that a new page needs. */
  readonly firstFrame: () => Frame;
  /** Carries out an order, or says why it cannot be done. Does not wait for its outcome. */
  readonly obey: (order: Order) => string | undefined;
  /** Default 0: a free one. */
  readonly port?: number;
}

export interface PageServer {
  /** The whole address, token included. */
  readonly url: string;
  /** Pages that listen now. */
  readonly pages: number;
  send(frame: Frame): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Characters. */
const MAX_BODY = 1024;
/** A page that reads more slowly than this much is behind gets no frames until it has caught up, and then a whole one. */
const MAX_BEHIND_BYTES = 256 * 1024;
const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
const CURE = 'open the address that the terminal shows, with all that follows #';

/** @throws StartError when there is no port */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { document, policies, firstFrame, obey } = options;
  const token = randomBytes(16).toString('base64url');
  const pages = new Map<ServerResponse, { isBehind: boolean }>();
  let port = 0;

  function refusal(request: IncomingMessage): string | undefined {
    const { host, origin } = request.headers;
    const names = [`${HOST}:${port}`, `localhost:${port}`];
    if (host === undefined || !names.includes(host)) return `Host ${host}: this page is at ${names.join(' and ')} only`;
    if (origin !== undefined && origin !== `http://${host}`)
      return `Origin ${origin}: another site may not ask this one`;
    return undefined;
  }

  const hasToken = (request: IncomingMessage) => {
    const given = Buffer.from(String(request.headers['x-token'] ?? ''));
    return given.length === token.length && timingSafeEqual(given, Buffer.from(token));
  };

  function listen(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    pages.set(response, { isBehind: false });
    response.on('close', () => pages.delete(response));
    write(response, firstFrame());
  }

  async function take(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const read = readOrder(name, await readBody(request, MAX_BODY), policies);
    if (!read.ok) return void response.writeHead(400, PLAIN).end(read.problem);
    const why = obey(read.order);
    if (why === undefined) response.writeHead(202, PLAIN).end('begun');
    else response.writeHead(409, PLAIN).end(why);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const foreign = refusal(request);
    if (foreign !== undefined) return void response.writeHead(403, PLAIN).end(foreign);
    const { pathname } = new URL(request.url ?? '/', `http://${HOST}`);
    const [, kind, name = ''] = pathname.split('/');
    const allowed = kind === 'orders' ? 'POST' : 'GET';
    if (!['', 'events', 'orders'].includes(kind ?? '')) {
      return void response.writeHead(404, PLAIN).end(`there is nothing at ${pathname}: the page is at /`);
    }
    if (request.method !== allowed) {
      return void response.writeHead(405, { ...PLAIN, Allow: allowed }).end(`${pathname} takes ${allowed} only`);
    }
    if (kind === '') {
      const type = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' };
      const headers = { 'Content-Security-Policy': document.policy, 'Referrer-Policy': 'no-referrer' };
      return void response.writeHead(200, { ...PLAIN, ...type, ...headers }).end(document.html);
    }
    if (!hasToken(request)) return void response.writeHead(401, PLAIN).end(`no or another token: ${CURE}`);
    if (kind === 'events') return listen(response);
    return take(name, request, response);
  }

  const server = createServer({ maxHeaderSize: 8192 }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const opened = await openHttpPort(server, HOST, options.port ?? 0, 'show the page');
  port = opened.port;
  return {
    url: `http://${HOST}:${port}/#${token}`,
    get pages() {
      return pages.size;
    },
    send: (frame) => {
      for (const [page, standing] of pages) {
        if (page.writableLength > MAX_BEHIND_BYTES) {
          standing.isBehind = true;
          continue;
        }
        write(page, standing.isBehind ? firstFrame() : frame);
        standing.isBehind = false;
      }
    },
    close: () => {
      for (const page of pages.keys()) page.end();
      return opened.close();
    },
  };
}

function write(page: ServerResponse, frame: Frame): void {
  page.write(`data: ${JSON.stringify(frame)}\n\n`);
}
