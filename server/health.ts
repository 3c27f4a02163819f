// grpc.health.v1: what kubelet's probes and Envoy's active health check ask. While the server drains, '' and the
// greeter say NOT_SERVING, so that no new call is sent here; `liveness` stays SERVING, so that kubelet does not restart
// a pod that is only on its way out.
import type { ServerUnaryCall, ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { GREETER_SERVICE } from '../proto/load';
import type { AddServices } from './grpc-server';

/** The name that answers for the process alone; readiness asks for '' or the greeter. */
export const LIVENESS = 'liveness';
const READINESS = ['', GREETER_SERVICE];
/** How the kubelet's gRPC probes name themselves: kube-probe/1.35. */
const KUBELET = /^kube-probe\//;

export interface Health {
  readonly addTo: AddServices;
  /** Whether new calls are wanted here. */
  setServing(isServing: boolean): void;
  /** false: the kubelet's readiness probes wait for ever. A fault of the lab (faults/injector.ts). */
  setAnsweringProbes(isAnswering: boolean): void;
}

export function createHealth(): Health {
  const health = new HealthImplementation({ [LIVENESS]: 'SERVING' });
  const setServing = (isServing: boolean) => {
    for (const name of READINESS) health.setStatus(name, isServing ? 'SERVING' : 'NOT_SERVING');
  };
  setServing(true);
  let isAnsweringProbes = true;
  const isIgnored = ({ metadata, request }: CheckCall) =>
    !isAnsweringProbes && READINESS.includes(request.service) && KUBELET.test(String(metadata.get('user-agent')[0]));
  return {
    setServing,
    setAnsweringProbes: (isAnswering) => {
      isAnsweringProbes = isAnswering;
    },
    addTo: (server) =>
      health.addToServer({
        addService: (definition, handlers) =>
          server.addService(
            definition,
            withSilence(forgetUnknownNames(handlers as UntypedServiceImplementation), isIgnored),
          ),
      }),
  };
}

/**
 * The library keeps an entry for each name that was ever watched. Ours never change, so one who watches an unknown name
 * is told so once, and the name is not kept: a peer cannot fill our memory with invented ones.
 */
function forgetUnknownNames(handlers: UntypedServiceImplementation): UntypedServiceImplementation {
  const { watch } = handlers as { watch: (call: WatchCall) => void };
  const known = new Set([LIVENESS, ...READINESS]);
  return {
    ...handlers,
    watch: (call: WatchCall) => {
      if (known.has(call.request.service)) watch(call);
      else call.write({ status: 'SERVICE_UNKNOWN' });
    },
  };
}

/** Checks that `isIgnored` gets no answer; the asker's deadline ends them. */
function withSilence(
  handlers: UntypedServiceImplementation,
  isIgnored: (call: CheckCall) => boolean,
): UntypedServiceImplementation {
  const { check } = handlers as { check: (call: CheckCall, answer: unknown) => void };
  return {
    ...handlers,
    check: (call: CheckCall, answer: unknown) => {
      if (!isIgnored(call)) check(call, answer);
    },
  };
}

type CheckCall = ServerUnaryCall<{ readonly service: string }, { readonly status: string }>;
type WatchCall = ServerWritableStream<{ readonly service: string }, { readonly status: string }>;
