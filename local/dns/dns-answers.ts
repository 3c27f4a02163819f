// What a DNS query is answered with: the part of CoreDNS's kubernetes plugin that matters here, without sockets.
// A headless name has one A record per address and does not exist while there is none; a name with a cluster IP
// stands for one of the pods, drawn again for each query, as a connection through such a Service reaches one of them.
import * as dns from 'dns-packet';

export interface ServiceRecord {
  readonly kind: 'headless' | 'cluster-ip';
  readonly addresses: readonly string[];
}

/** How the server misbehaves: SERVFAIL for all, no answer at all, or NXDOMAIN for all. */
export type DnsFault = 'servfail' | 'silence' | 'nxdomain';

/** Seconds that an answer may be cached: what kubeadm configures for CoreDNS. */
export const TTL_SECONDS = 30;
const ZONE = 'cluster.local';
/** The most a UDP answer may have when the query does not say. */
const PLAIN_UDP_BYTES = 512;
const NXDOMAIN = 3;
const SERVFAIL = 2;

export interface AnswerContext {
  readonly services: ReadonlyMap<string, ServiceRecord>;
  readonly fault: DnsFault | undefined;
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number;
}

export interface Answer {
  /** Lower case, without a trailing dot. */
  readonly name: string;
  readonly type: string;
  /** Undefined where the fault is silence. */
  readonly packet: dns.Packet | undefined;
}

/** The answer to one decoded query, or undefined when it asks nothing. */
export function answerQuery(query: dns.DecodedPacket, { services, fault, random }: AnswerContext): Answer | undefined {
  const question = query.questions?.[0];
  if (question === undefined) return undefined;
  const name = question.name.toLowerCase().replace(/\.$/, '');
  const respond = (code: number, addresses: readonly string[]): Answer => ({
    name,
    type: question.type,
    packet: {
      type: 'response',
      id: query.id ?? 0,
      flags: dns.AUTHORITATIVE_ANSWER | ((query.flags ?? 0) & dns.RECURSION_DESIRED) | code,
      questions: [question],
      // The name is repeated as it was asked: a resolver may mix upper and lower case to tell forged answers.
      answers: addresses.map((data) => ({ type: 'A', name: question.name, ttl: TTL_SECONDS, data })),
      authorities: addresses.length === 0 && code !== SERVFAIL ? [START_OF_AUTHORITY] : [],
    },
  });
  if (fault === 'silence') return { name, type: question.type, packet: undefined };
  if (fault === 'servfail') return respond(SERVFAIL, []);
  const service = services.get(name);
  if (fault === 'nxdomain' || service === undefined) return respond(NXDOMAIN, []);
  if (service.addresses.length === 0) return respond(service.kind === 'headless' ? NXDOMAIN : 0, []);
  if (question.type !== 'A') return respond(0, []);
  // As CoreDNS's loadbalance plugin does: no reader may rely on the order of records.
  const drawn = service.addresses.map((address) => ({ address, rank: random() }));
  const addresses = drawn.sort((left, right) => left.rank - right.rank).map(({ address }) => address);
  return respond(0, service.kind === 'headless' ? addresses : addresses.slice(0, 1));
}

/**
 * The bytes for UDP. An answer that is longer than the asker takes is cut to none and says so, and the asker
 * comes again over TCP.
 */
export function encodeForUdp(query: dns.DecodedPacket, packet: dns.Packet): Buffer {
  const bytes = dns.encode(packet);
  const options = query.additionals?.find((record) => record.type === 'OPT');
  const limit = Math.max(PLAIN_UDP_BYTES, options?.type === 'OPT' ? options.udpPayloadSize : 0);
  if (bytes.length <= limit) return bytes;
  return dns.encode({ ...packet, flags: (packet.flags ?? 0) | dns.TRUNCATED_RESPONSE, answers: [], authorities: [] });
}

const START_OF_AUTHORITY: dns.Answer = {
  type: 'SOA',
  name: ZONE,
  ttl: TTL_SECONDS,
  data: {
    mname: `ns.dns.${ZONE}`,
    rname: `hostmaster.${ZONE}`,
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86400,
    minimum: TTL_SECONDS,
  },
};
