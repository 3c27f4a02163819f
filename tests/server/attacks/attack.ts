// One hostile request and the reactions to it that are acceptable. The tables beside this file hold them all.
import type { ClientHttp2Session } from 'node:http2';
import { type RawAnswer, type RawCall, rawCall } from '../http2-call';
import { exchange } from '../http2-frames';

export interface Target {
  readonly port: number;
  /** Default is 127.0.0.1. */
  readonly host?: string;
  /** An open HTTP/2 connection to the server. */
  session(): Promise<ClientHttp2Session>;
}

export interface Attack {
  readonly name: string;
  /** Every outcome that is fine, as `rawCall` or `exchange` name it. */
  readonly expected: readonly string[];
  /** Whether the connection must still serve afterwards; a broken frame may cost the connection it came on. */
  readonly sparesConnection: boolean;
  run(target: Target): Promise<string>;
}

/** An attack by one call on a shared connection. `check` looks into the answer of a call that is allowed to succeed. */
export function byCall(
  name: string,
  call: RawCall,
  expected: readonly string[],
  check: (answer: RawAnswer) => boolean = () => true,
): Attack {
  return {
    name,
    expected,
    sparesConnection: true,
    async run(target) {
      const answer = await rawCall(await target.session(), call);
      return check(answer) ? answer.outcome : `${answer.outcome}, but with the wrong reply`;
    },
  };
}

/** An attack by raw bytes on a connection of its own. */
export function byBytes(name: string, bytes: Buffer, expected: readonly string[], patienceMs?: number): Attack {
  return { name, expected, sparesConnection: false, run: ({ port, host }) => exchange(port, bytes, patienceMs, host) };
}
