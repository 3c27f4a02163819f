// What adopting needs to know of a gRPC contract: its services and, of each method, whether it streams and whether the
// contract itself says that it may be executed twice.

export interface Method {
  readonly name: string;
  /** Either side may send more than one message. */
  readonly isStream: boolean;
  /** `idempotency_level` says so. */
  readonly isDeclaredIdempotent: boolean;
}

export interface GrpcService {
  /** Fully qualified: `shop.v1.Orders`. */
  readonly name: string;
  readonly methods: readonly Method[];
}

export interface Contract {
  readonly services: readonly GrpcService[];
  /** The server has grpc.health.v1; undefined where the contract does not tell. */
  readonly hasHealth: boolean | undefined;
}

/** Services that many servers have beside their own; calls of others' clients have no business with them. */
const PLUMBING = /^grpc\.(health|reflection|channelz)\./;
export const HEALTH_SERVICE = 'grpc.health.v1.Health';

export function isPlumbing(service: string): boolean {
  return PLUMBING.test(service);
}

const IDEMPOTENT_LEVELS: readonly unknown[] = ['NO_SIDE_EFFECTS', 'IDEMPOTENT', 1, 2];

/** Whether a value of the option `idempotency_level`, by name or by number, allows a second execution. */
export function allowsSecondExecution(level: unknown): boolean {
  return IDEMPOTENT_LEVELS.includes(level);
}
