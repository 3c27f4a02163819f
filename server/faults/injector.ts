// How a server misbehaves when it is told to: which faults are on, and what they do to an answer. Exists only where the
// fault endpoint does (endpoint.ts); without it no call passes here.
import { status } from '@grpc/grpc-js';
import { delay } from '../../runtime/lifecycle';
import type { ServerFault } from '../../runtime/server-fault';
import type { Refusal, Wrap } from '../calls';

export interface FaultInjector {
  readonly current: ServerFault;
  /** Replaces all faults. */
  set(faults: ServerFault): void;
  /** `respond` with whatever faults are on at the time of the call. */
  readonly wrap: Wrap;
}

export interface FaultInjectorDeps {
  /** Told whether health should say SERVING, at each change of the faults. */
  readonly setServing: (isServing: boolean) => void;
  /** Told whether the kubelet's readiness probe should get an answer, at each change of the faults. */
  readonly setAnsweringProbes: (isAnswering: boolean) => void;
  /** In [0, 1): decides which calls fail. */
  readonly random: () => number;
}

const REFUSED: Refusal = { ok: false, code: status.UNAVAILABLE, details: 'told to fail by the fault endpoint' };
const NEVER = new AbortController().signal;

export function createFaultInjector({ setServing, setAnsweringProbes, random }: FaultInjectorDeps): FaultInjector {
  let current: ServerFault = {};
  return {
    get current() {
      return current;
    },
    set: (faults) => {
      current = faults;
      setServing(faults.notServing !== true);
      setAnsweringProbes(faults.failsProbes !== true);
    },
    wrap: (respond) => (request) => {
      const { delayMs = 0, errorRate = 0, isHung = false, onlyName } = current;
      if (onlyName !== undefined && request.name !== onlyName) return respond(request);
      // The caller's deadline ends such a call; it stays hung when the fault is taken back.
      if (isHung) return new Promise(() => {});
      const answer = () => (errorRate > 0 && random() < errorRate ? REFUSED : respond(request));
      return delayMs > 0 ? delay(delayMs, NEVER).then(answer) : answer();
    },
  };
}
