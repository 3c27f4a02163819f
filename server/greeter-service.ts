// greeter.v1.Greeter as a gRPC service: the greeter behind both kinds of call, each call recorded under its method.
import { Greeter } from '../proto/load';
import type { Logger } from '../runtime/log';
import { createRecorder } from './call-record';
import { bidiHandler, unaryHandler, type Wrap } from './calls';
import { createGreeter } from './greeter';
import type { AddServices } from './grpc-server';
import type { MethodKind, ServerMetrics } from './metrics';
import { type ShortMethod, shortMethod } from './short-road/short-method';
import type { WatchAge } from './stream-age';

export interface GreeterServiceDeps {
  readonly podName: string;
  readonly metrics: ServerMetrics;
  readonly log: Logger;
  /** Puts faults between a request and its answer; undefined where none can be asked for. */
  readonly wrap?: Wrap | undefined;
  /** Ends streams of Chat at their age; undefined to let them be. */
  readonly watchAge?: WatchAge | undefined;
}

export interface GreeterService {
  readonly addTo: AddServices;
  /** The methods that may take the short road (short-road/). */
  readonly shortMethods: readonly ShortMethod[];
}

export function createGreeterService(deps: GreeterServiceDeps): GreeterService {
  const { podName, metrics, log, wrap, watchAge } = deps;
  const greet = createGreeter(podName);
  const respond = wrap === undefined ? greet : wrap(greet);
  const recorded = (method: string, kind: MethodKind) => ({
    respond,
    startRecord: createRecorder({ method, metrics: metrics.forMethod(method, kind), podName, log }),
    log,
  });
  const handlers = {
    SayHello: unaryHandler(recorded('SayHello', 'unary')),
    Chat: bidiHandler({ ...recorded('Chat', 'stream'), watchAge }),
  };
  return {
    addTo: (server) => server.addService(Greeter.service, handlers),
    shortMethods: [shortMethod(Greeter.service.SayHello, handlers.SayHello)],
  };
}
