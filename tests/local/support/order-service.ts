// Methods of every kind under the greeter's own prefix, as a service that takes parts of this project would have them:
// none of them may be executed twice, and each execution is counted.
import {
  Client,
  type ClientReadableStream,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { MoreService } from './one-envoy';

type Method = MethodDefinition<Buffer, Buffer>;
const bytes = (value: Buffer) => value;
const method = (path: string, responseStream = false): Method => ({
  path,
  requestStream: false,
  responseStream,
  requestSerialize: bytes,
  requestDeserialize: bytes,
  responseSerialize: bytes,
  responseDeserialize: bytes,
});

export const CREATE_ORDER = method('/greeter.v1.Greeter/CreateOrder');
export const WATCH_ORDERS = method('/greeter.v1.Greeter/WatchOrders', true);

/** Counts executions by what the request says. */
export class Executions {
  readonly #counts = new Map<string, number>();

  count(request: string): void {
    this.#counts.set(request, this.of(request) + 1);
  }

  of(request: string): number {
    return this.#counts.get(request) ?? 0;
  }
}

/** @param takesMs how long each call takes */
export function orderService(executions: Executions, takesMs: (request: string) => number): MoreService {
  const createOrder: handleUnaryCall<Buffer, Buffer> = ({ request }, callback) => {
    executions.count(request.toString());
    setTimeout(() => callback(null, request), takesMs(request.toString()));
  };
  const watchOrders: handleServerStreamingCall<Buffer, Buffer> = (stream) => {
    executions.count(stream.request.toString());
    stream.sendMetadata(new Metadata());
    setTimeout(() => stream.end(), takesMs(stream.request.toString()));
  };
  const handlers: UntypedServiceImplementation = { CreateOrder: createOrder, WatchOrders: watchOrders };
  return { service: { CreateOrder: CREATE_ORDER, WatchOrders: WATCH_ORDERS }, handlers };
}

/** Calls both methods; a call without a deadline, and without retries of its own. */
export class OrderClient extends Client {
  createOrder(request: string): Promise<ServiceError | null> {
    return new Promise((resolve) => {
      this.makeUnaryRequest(CREATE_ORDER.path, bytes, bytes, Buffer.from(request), (error) => resolve(error));
    });
  }

  watchOrders(request: string): Promise<ServiceError | null> {
    return new Promise((resolve) => {
      const { path } = WATCH_ORDERS;
      const stream: ClientReadableStream<Buffer> = this.makeServerStreamRequest(
        path,
        bytes,
        bytes,
        Buffer.from(request),
      );
      stream.on('error', (error: ServiceError) => resolve(error));
      stream.on('end', () => resolve(null));
      stream.resume();
    });
  }
}
