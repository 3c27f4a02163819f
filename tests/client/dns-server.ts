// A resolver on loopback that answers for one name with the addresses that a test sets.
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { decode, encode, RECURSION_DESIRED } from 'dns-packet';

export class DnsServer {
  /** Questions for the name so far. */
  questions = 0;
  /** Without any address the name does not exist. */
  addresses: readonly string[] = [];
  readonly #socket = createSocket('udp4');

  private constructor(readonly name: string) {
    this.#socket.on('message', (message, { port, address }) => {
      this.#socket.send(this.#answer(message), port, address);
    });
  }

  /** Starts a resolver that is gone when the test is over. */
  static async start(t: Pick<TestContext, 'after'>, name: string, addresses: readonly string[]): Promise<DnsServer> {
    const server = new DnsServer(name);
    t.after(() => server.#socket.close());
    server.addresses = addresses;
    await new Promise<void>((resolve) => {
      server.#socket.bind(0, '127.0.0.1', resolve);
    });
    return server;
  }

  /** What a client needs to ask this resolver. */
  get env(): Record<string, string> {
    const { port } = this.#socket.address() as AddressInfo;
    return {
      GRPC_SERVER_DOMAIN: this.name,
      DNS_SERVER: `127.0.0.1:${port}`,
      GRPC_NODE_USE_ALTERNATIVE_RESOLVER: 'true',
    };
  }

  #answer(message: Buffer): Buffer {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    const isOurs = question?.name.toLowerCase() === this.name;
    if (isOurs && question.type === 'A') this.questions += 1;
    const hasName = isOurs && this.addresses.length > 0;
    return encode({
      id,
      type: 'response',
      // Code 3 in the low bits: no such name.
      flags: RECURSION_DESIRED | (hasName ? 0 : 3),
      questions,
      answers:
        hasName && question.type === 'A'
          ? this.addresses.map((data) => ({ type: 'A', name: question.name, ttl: 0, data }) as const)
          : [],
    });
  }
}
