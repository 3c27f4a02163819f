// The cluster's DNS on loopback: UDP, and TCP for answers that are too long for UDP, on one free port. Owns the records
// of the Services, counts what is asked, and can be told to fail. What an answer says is in dns-answers.ts.
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server, type Socket as TcpSocket } from 'node:net';
import * as dns from 'dns-packet';
import { answerQuery, type DnsFault, encodeForUdp, type ServiceRecord } from './dns-answers';

export interface DnsServer {
  /** `host:port`, as DNS_SERVER of the client wants it. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** Declares a Service; it starts with no address. */
  addService(name: string, kind: ServiceRecord['kind']): void;
  /** Replaces the addresses behind a declared Service. */
  setAddresses(name: string, addresses: readonly string[]): void;
  addresses(name: string): readonly string[];
  /** How often A records of `name` were asked for, faults included. */
  queries(name: string): number;
  /** Misbehaves until it is called with undefined: for `names` alone, or for all. */
  setFault(fault: DnsFault | undefined, names?: readonly string[]): void;
  close(): Promise<void>;
}

export interface DnsServerOptions {
  readonly host?: string;
  /** Orders the records of an answer; default is Math.random. */
  readonly random?: () => number;
}

export async function startDnsServer({
  host = '127.0.0.1',
  random = Math.random,
}: DnsServerOptions = {}): Promise<DnsServer> {
  const services = new Map<string, ServiceRecord>();
  const counts = new Map<string, number>();
  let fault: { readonly kind: DnsFault; readonly names: readonly string[] | undefined } | undefined;

  function answer(message: Buffer): { query: dns.DecodedPacket; packet: dns.Packet } | undefined {
    let query: dns.DecodedPacket;
    try {
      query = dns.decode(message);
    } catch {
      // Not DNS; a server that answered garbage would only help its sender.
      return undefined;
    }
    if (query.type !== 'query') return undefined;
    const asked = query.questions?.[0]?.name.toLowerCase().replace(/\.$/, '') ?? '';
    const isHit = fault?.names?.includes(asked) ?? true;
    const answered = answerQuery(query, { services, fault: isHit ? fault?.kind : undefined, random });
    if (answered === undefined) return undefined;
    if (answered.type === 'A') counts.set(answered.name, (counts.get(answered.name) ?? 0) + 1);
    return answered.packet === undefined ? undefined : { query, packet: answered.packet };
  }

  const { udp, tcp, port } = await bindBoth(host);
  const connections = new Set<TcpSocket>();
  udp.on('message', (message, from) => {
    const reply = answer(message);
    if (reply) udp.send(encodeForUdp(reply.query, reply.packet), from.port, from.address);
  });
  tcp.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    serveStream(socket, (message) => {
      const reply = answer(message);
      return reply && dns.streamEncode(reply.packet);
    });
  });

  function find(name: string): ServiceRecord {
    const service = services.get(name);
    if (service === undefined) throw new Error(`DNS: no Service was declared under ${name}`);
    return service;
  }
  return {
    address: `${host}:${port}`,
    host,
    port,
    addService: (name, kind) => void services.set(name, { kind, addresses: [] }),
    setAddresses: (name, addresses) => void services.set(name, { ...find(name), addresses: [...addresses] }),
    addresses: (name) => find(name).addresses,
    queries: (name) => counts.get(name) ?? 0,
    setFault: (kind, names) => {
      fault = kind && { kind, names };
    },
    close: async () => {
      for (const socket of connections) socket.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(() => resolve())),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
    },
  };
}

/** Takes a UDP port that is free for TCP too; another process may hold the number there. */
async function bindBoth(host: string, attempts = 20): Promise<{ udp: Socket; tcp: Server; port: number }> {
  const udp = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject);
    udp.bind(0, host, resolve);
  });
  const { port } = udp.address();
  const tcp = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject);
      tcp.listen(port, host, resolve);
    });
  } catch (thrown) {
    udp.close();
    if (attempts <= 1) throw thrown;
    return bindBoth(host, attempts - 1);
  }
  return { udp, tcp, port };
}

/** Each message on TCP has its length in front, in two bytes. */
function serveStream(socket: TcpSocket, respond: (message: Buffer) => Buffer | undefined): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const reply = respond(pending.subarray(2, end));
      if (reply) socket.write(reply);
      pending = pending.subarray(end);
    }
  });
}
