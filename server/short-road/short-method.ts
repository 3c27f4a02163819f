// A unary method as the short road needs it: where it is, its messages' form, and the handler that grpc-js has too.
import type { deserialize, serialize } from '@grpc/grpc-js';
import type { UnaryHandler } from '../calls';

export interface ShortMethod {
  /** Such as `/greeter.v1.Greeter/SayHello`. */
  readonly path: string;
  /** @throws for bytes that are no such message. */
  readonly deserialize: (bytes: Buffer) => unknown;
  readonly serialize: (reply: unknown) => Uint8Array;
  readonly handler: UnaryHandler<unknown, unknown>;
}

/** The part of a generated definition that a server needs. */
interface Definition<Request, Reply> {
  readonly path: string;
  readonly requestDeserialize: deserialize<Request>;
  readonly responseSerialize: serialize<Reply>;
}

export function shortMethod<Request, Reply>(
  definition: Definition<Request, Reply>,
  handler: UnaryHandler<Request, Reply>,
): ShortMethod {
  return {
    path: definition.path,
    deserialize: definition.requestDeserialize,
    serialize: definition.responseSerialize as (reply: unknown) => Uint8Array,
    handler: handler as UnaryHandler<unknown, unknown>,
  };
}
