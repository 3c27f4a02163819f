// A client that does nothing wrong, for as long as it is asked to: each of its calls has to succeed whatever else goes on.
import { credentials, type StatusObject } from '@grpc/grpc-js';
import type { HelloReply__Output } from '../../proto/generated/greeter/v1/HelloReply';
import { Greeter } from '../../proto/load';
import { statusName } from '../../runtime/errors';

export type GreeterStub = InstanceType<typeof Greeter>;

/** A stub on a connection of its own; the caller closes it. */
export function openStub(port: number): GreeterStub {
  return new Greeter(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
}

/** One greeting; rejects with grpc-js's ServiceError. */
export function sayHello(stub: GreeterStub, name: string, client = 'grpc-client-1'): Promise<HelloReply__Output> {
  return new Promise((resolve, reject) => {
    stub.sayHello({ name, client }, { deadline: Date.now() + 20_000 }, (error, reply) => {
      if (reply) resolve(reply);
      else reject(error);
    });
  });
}

/** The status that a stream ends with, whether good or bad. */
export function endOf(stream: NodeJS.EventEmitter): Promise<StatusObject> {
  return new Promise((resolve) => {
    stream.once('status', resolve);
    stream.on('error', () => {
      // The same status again, in another form.
    });
  });
}

export interface HonestTally {
  ok: number;
  /** Status and details of each call that failed. */
  readonly failures: string[];
}

/** Calls one after the other until `stop()`, which resolves with what became of them. */
export function keepCalling(port: number): { readonly tally: HonestTally; stop(): Promise<HonestTally> } {
  const stub = openStub(port);
  const tally: HonestTally = { ok: 0, failures: [] };
  let isStopping = false;
  const loop = async () => {
    for (let n = 0; !isStopping; n += 1) {
      try {
        const { message } = await sayHello(stub, `honest-${n}`);
        if (message.startsWith(`Hello, honest-${n}!`)) tally.ok += 1;
        else tally.failures.push(`another call's reply: ${message}`);
      } catch (thrown) {
        const { code, details } = thrown as { code: number; details: string };
        tally.failures.push(`${statusName(code)} ${details}`);
      }
    }
  };
  const done = loop();
  return {
    tally,
    async stop() {
      isStopping = true;
      await done;
      stub.close();
      return tally;
    },
  };
}
