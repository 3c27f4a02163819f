// The kinds of failure that end a process or a call, and how an unknown thrown value becomes one of them.
import { status } from '@grpc/grpc-js';

/** Settings that cannot be used. Ends the process with exit code 2; every problem is one line. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** The process cannot start although its settings are sound (a port in use). Ends it with exit code 1 and one line. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** Anything that was thrown, as an Error; the original stays reachable as `cause` when it was none. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}

/** `NOT_FOUND` for 5: the names of gRPC's status codes, as logs, metrics and ledgers write them. */
export function statusName(code: number): string {
  return status[code] ?? `CODE_${code}`;
}
