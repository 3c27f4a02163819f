// Every attack, and a target that shares one connection among calls, as a hostile client would to save effort.
import type { ClientHttp2Session } from 'node:http2';
import { openSession } from '../http2-call';
import type { Attack, Target } from './attack';
import { frameAttacks } from './frames';
import { headerAttacks } from './headers';
import { messageAttacks } from './messages';

export const allAttacks: readonly Attack[] = [...messageAttacks, ...headerAttacks, ...frameAttacks];

/** Calls per connection. Node's server closes one that has reset about a thousand streams, which is its right. */
const CALLS_PER_CONNECTION = 200;

export interface OpenTarget extends Target {
  close(): void;
}

export function openTarget(port: number, host?: string): OpenTarget {
  const sessions: Array<Promise<ClientHttp2Session>> = [];
  let calls = 0;
  let isGone = true;
  const open = () => {
    isGone = false;
    const opening = openSession(port, host);
    sessions.push(opening);
    const forget = () => {
      if (sessions.at(-1) === opening) isGone = true;
    };
    // Whoever asked for it hears of a connection that failed.
    opening.then((session) => session.once('close', forget), forget);
  };
  // The last three stay open for the calls that are still on them.
  const retire = (keep: number) => {
    while (sessions.length > keep) sessions.shift()?.then((session) => session.destroy());
  };
  return {
    port,
    ...(host !== undefined && { host }),
    session() {
      if (isGone || calls % CALLS_PER_CONNECTION === 0) open();
      calls += 1;
      retire(3);
      return sessions.at(-1) as Promise<ClientHttp2Session>;
    },
    close: () => retire(0),
  };
}
