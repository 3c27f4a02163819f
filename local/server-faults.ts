// What a person has done to servers: hang, slow, NOT_SERVING. Each is taken back by doing it again. A server hangs by
// SIGSTOP, as a frozen process does: its connections stay open, and nothing is answered. The others go through the fault
// endpoint, which only this project's own server has.
import type { ServerFault } from '../runtime/server-fault';
import type { Deployment } from './pods/deployment';

export const FAULTS = ['hang', 'slow', 'not-serving'] as const;
export type FaultName = (typeof FAULTS)[number];

/** By how much a slow server is slow. */
export const SLOW_MS = 200;

const WORDS: Readonly<Record<FaultName, string>> = { hang: 'hangs', slow: 'slow', 'not-serving': 'NOT_SERVING' };

export interface ServerFaults {
  /** Begins it, or takes it back. @returns whether it is on now @throws Error when the server does not take the order */
  toggle(fault: FaultName, pod: string): Promise<boolean>;
  has(fault: FaultName, pod: string): boolean;
  /** What is wrong with a pod, in a word or two; undefined where nothing is. */
  describe(pod: string): string | undefined;
  /** Why it is not possible; undefined where it is. */
  whyNot(fault: FaultName, pod: string): string | undefined;
}

export interface ServerFaultsOptions {
  readonly servers: Pick<Deployment, 'pods' | 'signal'>;
  /** The servers are a program of the reader's own. */
  readonly isOwn: boolean;
  readonly order: (address: string, fault: ServerFault) => Promise<void>;
}

export function createServerFaults({ servers, isOwn, order }: ServerFaultsOptions): ServerFaults {
  const on = new Map<string, Set<FaultName>>();
  const find = (name: string) => servers.pods().find((pod) => pod.name === name);
  const has = (fault: FaultName, pod: string) => on.get(pod)?.has(fault) === true;

  function set(fault: FaultName, pod: string, isOn: boolean): void {
    const faults = on.get(pod) ?? new Set();
    if (isOn) faults.add(fault);
    else faults.delete(fault);
    on.set(pod, faults);
    for (const name of on.keys()) if (find(name) === undefined) on.delete(name);
  }

  return {
    has,
    toggle: async (fault, pod) => {
      const isOn = !has(fault, pod);
      const address = find(pod)?.address;
      if (address === undefined) throw new Error(`${pod} is gone`);
      set(fault, pod, isOn);
      try {
        if (fault === 'hang') servers.signal(pod, isOn ? 'SIGSTOP' : 'SIGCONT');
        else {
          await order(address, {
            ...(has('slow', pod) && { delayMs: SLOW_MS }),
            ...(has('not-serving', pod) && { notServing: true }),
          });
        }
      } catch (thrown) {
        set(fault, pod, !isOn);
        throw thrown;
      }
      return isOn;
    },
    describe: (pod) => {
      const faults = on.get(pod);
      return faults === undefined || faults.size === 0 ? undefined : [...faults].map((each) => WORDS[each]).join(', ');
    },
    whyNot: (fault, name) => {
      const pod = find(name);
      if (pod === undefined) return `${name} is not a running server: servers alone can be told to misbehave`;
      if (has(fault, name) && pod.state !== 'draining') {
        return fault !== 'hang' && has('hang', name) ? `${name} hangs: let it go on first` : undefined;
      }
      if (fault !== 'hang' && isOwn) return 'a server of your own has no fault endpoint: only hang works with it';
      if (fault !== 'hang' && has('hang', name)) return `${name} hangs: let it go on first`;
      const isUp = pod.state === 'ready' || (pod.state === 'unready' && on.has(name));
      return isUp ? undefined : `${name} is ${pod.state}: wait until it is ready`;
    },
  };
}
