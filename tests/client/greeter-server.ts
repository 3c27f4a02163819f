// A greeter in the test's own process, on grpc-js, that a test can slow down, count and kill.
import type { TestContext } from 'node:test';
import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import type { GreeterHandlers } from '../../proto/generated/greeter/v1/Greeter';
import { Greeter } from '../../proto/load';

export interface GreeterServerOptions {
  readonly pod?: string;
  readonly host?: string;
  /** 0 picks a free port. */
  readonly port?: number;
  /** How long each answer takes. */
  readonly delayMs?: number;
  /** Headers of every response, as an Envoy would add them. */
  readonly headers?: Readonly<Record<string, string>>;
}

export class GreeterServer {
  /** Calls of SayHello, and messages on streams. */
  calls = 0;
  inFlight = 0;
  /** `client` of each request. */
  readonly clients = new Set<string>();
  /** Chat streams that are open. */
  streams = 0;
  /** Streams whose client said that nothing more comes. */
  endedStreams = 0;
  /** true: messages on streams are read and not answered. */
  isMute = false;
  delayMs: number;
  port = 0;
  readonly host: string;
  // Channelz stays on: without it grpc-js keeps no list of connections, and forceShutdown() leaves them open.
  readonly #server = new Server();
  readonly #headers = new Metadata();

  private constructor(private readonly options: GreeterServerOptions) {
    this.delayMs = options.delayMs ?? 0;
    this.host = options.host ?? '127.0.0.1';
    for (const [key, value] of Object.entries(options.headers ?? {})) this.#headers.set(key, value);
    this.#server.addService(Greeter.service, this.#handlers());
  }

  /** Starts a server that is gone when the test is over. */
  static async start(t: Pick<TestContext, 'after'>, options: GreeterServerOptions = {}): Promise<GreeterServer> {
    const server = new GreeterServer(options);
    t.after(() => server.kill());
    server.port = await new Promise((resolve, reject) => {
      const address = `${server.host}:${options.port ?? 0}`;
      server.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
    return server;
  }

  /** What a client needs to call this server. */
  get env(): Record<string, string> {
    return { GRPC_SERVER_DOMAIN: this.host, GRPC_SERVER_PORT: String(this.port) };
  }

  /** Closes the port and every connection at once, as a crash does. */
  kill(): void {
    this.#server.forceShutdown();
  }

  /** Closes the port, says GOAWAY, and waits for the calls in flight. */
  drain(): Promise<void> {
    return new Promise((resolve) => this.#server.tryShutdown(() => resolve()));
  }

  #handlers(): GreeterHandlers {
    const { pod = 'grpc-server-1' } = this.options;
    const replyTo = (name: string) => ({ message: `Hello, ${name}! This message is from ${pod}`, pod });
    return {
      SayHello: (call, callback) => {
        this.calls += 1;
        this.inFlight += 1;
        this.clients.add(call.request.client);
        setTimeout(() => {
          this.inFlight -= 1;
          // With the answer, as the project's own server does: headers alone would be an answer that began.
          call.sendMetadata(this.#headers);
          callback(null, replyTo(call.request.name));
        }, this.delayMs);
      },
      Chat: (stream) => {
        this.streams += 1;
        stream.sendMetadata(this.#headers);
        stream.on('data', ({ name }) => {
          this.calls += 1;
          if (!this.isMute) stream.write(replyTo(name));
        });
        stream.on('end', () => {
          this.endedStreams += 1;
          stream.end();
        });
        stream.on('close', () => {
          this.streams -= 1;
        });
        stream.on('error', () => {
          // A stream of a killed client; nothing is left to answer.
        });
      },
    };
  }
}
