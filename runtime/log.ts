// The only caller of pino. Lines are JSON, one event each: `msg` is from a closed vocabulary and the facts are in keys
// with their unit in the name, so that `kubectl logs … | jq` can select them.
import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger } from 'pino';
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** `grpc-server` or `grpc-client`. */
  readonly service: string;
  readonly pod: string;
  /** The key that `pod` stands under; default `pod`. The client's lines need that one for the pod that answered. */
  readonly podKey?: string;
  readonly level: LogLevel;
  /** Where lines go; default is standard output. */
  readonly stream?: DestinationStream;
}

export function createLogger({ service, pod, podKey = 'pod', level, stream = openStream(1) }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, [podKey]: pod },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}

/**
 * A stream on file descriptor `fd` (1 standard output, 2 standard error). Each line is written before the call returns:
 * the last line before a crash is the one that is wanted. A reader that went away ends no service.
 */
export function openStream(fd: 1 | 2): DestinationStream {
  const stream = destination({ fd, sync: true });
  stream.on('error', () => {
    // EPIPE: the reader is gone, so there is no one to tell.
  });
  return stream;
}
