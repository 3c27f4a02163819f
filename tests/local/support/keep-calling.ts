// An honest caller beside whatever a test does: one short call after the other, each on the connection of this caller alone.
import { credentials, status } from '@grpc/grpc-js';
import { Greeter } from '../../../proto/load';
import { waitFor } from '../../support/condition';

export interface HonestCaller {
  /** Resolves when so many more calls have ended. */
  until(calls: number): Promise<void>;
  /** How the calls that failed ended, with how often; empty when none did. */
  stop(): Promise<Readonly<Record<string, number>>>;
}

const DEADLINE_MS = 30_000;
const PAUSE_MS = 10;

/** Calls without any retry, and with a deadline that a busy machine does not miss. */
export function keepCalling(target: string): HonestCaller {
  const options = { 'grpc.enable_retries': 0, 'grpc.use_local_subchannel_pool': 1 };
  const client = new Greeter(target, credentials.createInsecure(), options);
  const failures: Record<string, number> = {};
  let ended = 0;
  let isStopping = false;
  const call = () =>
    new Promise<void>((resolve) => {
      client.SayHello({ name: 'honest' }, { deadline: Date.now() + DEADLINE_MS }, (error) => {
        ended += 1;
        if (error !== null) {
          const how = `${status[error.code]}: ${error.details}`;
          failures[how] = (failures[how] ?? 0) + 1;
        }
        resolve();
      });
    });
  const loop = async () => {
    while (!isStopping) {
      await call();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const done = loop();
  return {
    async until(calls) {
      const wanted = ended + calls;
      await waitFor(`${calls} more honest calls`, 120_000, () => ended >= wanted || undefined, 20);
    },
    async stop() {
      isStopping = true;
      await done;
      client.close();
      return failures;
    },
  };
}
