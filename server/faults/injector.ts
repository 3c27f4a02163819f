// How a server misbehaves when it is told to: which faults are on, and what they do to an answer. Exists only where the
// fault endpoint does (endpoint.ts); without it no call passes here.
import { status } from '@grpc/grpc-js';
import { delay } from '../../runtime/lifecycle';
import type { Refusal, Responder } from '../calls';

/** What is left out is as it should be. */
export interface ServerFaults {
  /** Every answer this much later, ms. */
  readonly delayMs?: number;
  /** This share of calls (0-1) ends as UNAVAILABLE. */
  readonly errorRate?: number;
  /** Calls get no answer at all. */
  readonly isHung?: boolean;
  /** Health says NOT_SERVING while calls are answered. */
  readonly notServing?: boolean;
  /** The kubelet's readiness probe gets no answer, as on a starved node; everybody else's checks do. */
  readonly failsProbes?: boolean;
  /** Delay, errors and hanging hit only calls that greet this name. */
  readonly onlyName?: string;
}

export interface FaultInjector {
  readonly current: ServerFaults;
  /** Replaces all faults. */
  set(faults: ServerFaults): void;
  /** `respond` with whatever faults are on at the time of the call. */
  wrap<Request extends { readonly name: string }, Reply>(respond: Responder<Request, Reply>): Responder<Request, Reply>;
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
  let current: ServerFaults = {};
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
