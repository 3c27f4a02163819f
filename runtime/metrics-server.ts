// GET /metrics and GET /healthz on a separate port. Everything else is refused, and slow or large requests cannot
// take anything from the calls that the process is there for. Knows no particular metric.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { toError } from './errors';
import { type HttpPort, openHttpPort } from './http-port';
import { Places } from './places';

export interface MetricsServerOptions {
  readonly registry: Registry;
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
}

const MOST_CONNECTIONS = 32;

/** @throws StartError when the address cannot be bound. */
export async function startMetricsServer({ registry, host, port }: MetricsServerOptions): Promise<HttpPort> {
  const server = createServer({
    maxHeaderSize: 8192,
    headersTimeout: 5000,
    requestTimeout: 5000,
    keepAliveTimeout: 5000,
  });
  // Also for one that takes no answer.
  server.timeout = 10_000;
  const places = new Places(MOST_CONNECTIONS);
  server.on('connection', (socket) => places.take(socket));
  server.on('request', (request, response) => {
    places.keep(request.socket, response);
    answer(registry, request, response).catch((thrown: unknown) => {
      response.writeHead(500, PLAIN).end(`metrics could not be collected: ${toError(thrown).message}\n`);
    });
  });
  return openHttpPort(server, host, port, 'serve metrics');
}

const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8' };

async function answer(registry: Registry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (path !== '/metrics' && path !== '/healthz') {
    response.writeHead(404, PLAIN).end('only /metrics and /healthz are here\n');
  } else if (request.method !== 'GET') {
    response.writeHead(405, { ...PLAIN, Allow: 'GET' }).end('only GET is allowed\n');
  } else if (path === '/healthz') {
    response.writeHead(200, PLAIN).end('ok\n');
  } else {
    // Prometheus 3 drops a target that names no content type.
    const body = await registry.metrics();
    response.writeHead(200, { 'Content-Type': registry.contentType }).end(body);
  }
}
