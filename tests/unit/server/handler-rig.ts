// What handlers are tried with: a service that greets, records that are kept, and a stream as the library makes it.
import { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { createLogger } from '../../../runtime/log';
import { bidiHandler, type Responder } from '../../../server/calls';
import type { WatchAge } from '../../../server/stream-age';

export interface Request {
  readonly name: string;
  readonly client: string;
}
export type Respond = Responder<Request, string>;

const REFUSAL = { ok: false, code: status.INVALID_ARGUMENT, details: 'name: no' } as const;
export const respond: Respond = ({ name }) => (name === '' ? REFUSAL : { ok: true, reply: `Hello, ${name}!` });
export const secret = new Error('/etc/secret and the name of a client');

/** What a handler needs, and what it left behind. */
export function rig(answer: Respond = respond) {
  const ends: number[] = [];
  const clients: string[] = [];
  const lines: string[] = [];
  let messages = 0;
  const startRecord = (client: string) => ({
    client,
    message() {
      messages += 1;
    },
    end(code: number) {
      ends.push(code);
      clients.push(this.client);
    },
  });
  const stream = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ service: 'grpc-server', pod: 'p', level: 'info', stream });
  return { deps: { respond: answer, startRecord, log }, ends, clients, lines, messages: () => messages };
}

/** A stream as the library makes it: an 'error' event is a status to end with, a cancelled stream is destroyed. */
export class FakeStream extends Duplex {
  readonly replies: unknown[] = [];
  readonly statuses: unknown[] = [];
  cancelled = false;
  /** Holds every reply back until `release()` is called, as a peer that does not read does. */
  release: (() => void) | undefined;
  reads = 0;

  constructor(private readonly isSlow = false) {
    super({ objectMode: true, highWaterMark: 2 });
    this.on('error', ({ code, details }: { code: number; details: string } & Error) => {
      this.statuses.push({ code, details });
    });
    this.on('finish', () => this.statuses.length === 0 && this.statuses.push('OK'));
  }
  getDeadline() {
    return Number.POSITIVE_INFINITY;
  }
  override _read() {
    this.reads += 1;
  }
  override _write(reply: unknown, _encoding: string, done: () => void) {
    this.replies.push(reply);
    if (this.isSlow) this.release = done;
    else done();
  }
  cancel() {
    this.cancelled = true;
    this.emit('cancelled', 'cancelled');
    this.destroy();
  }
}

export function chat(answer: Respond = respond, stream = new FakeStream(), watchAge?: WatchAge) {
  const made = rig(answer);
  (bidiHandler({ ...made.deps, watchAge }) as unknown as (stream: FakeStream) => void)(stream);
  const send = (...names: string[]) => names.forEach((name) => void stream.push({ name, client: `client of ${name}` }));
  return { ...made, stream, send };
}

export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}
