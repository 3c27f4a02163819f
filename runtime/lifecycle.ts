// The life of a process: settings → start → a signal, or the end of its work → stop → exit code. Which steps a stop has
// is the service's matter; that it happens once, in order and with the right code is decided here.
//   0 done   1 failed, or a second signal cut the stop short   2 called wrongly
import type { Env } from './env';
import { ConfigError, StartError, toError } from './errors';
import { createLogger, type Logger, type LogLevel, openStream } from './log';

export interface RunningService {
  /** Resolves when the service has nothing left to do; leave it out for one that runs until it is told to stop. */
  readonly finished?: Promise<void>;
  /** Ends the service in order. `hurry` aborts at a second signal: then every wait must end at once. */
  stop(hurry: AbortSignal): Promise<void>;
}

interface BaseConfig {
  readonly podName: string;
  readonly logLevel: LogLevel;
}

export interface ServiceSpec<C extends BaseConfig> {
  readonly name: string;
  /** @throws ConfigError with every problem of the environment. */
  loadConfig(env: Env): C;
  /** The file descriptor that log lines go to; standard output if left out. */
  logTo?(config: C): 1 | 2;
  /** The key under which each log line names this process; `pod` if left out. */
  readonly podKey?: string;
  /** @throws StartError when the service cannot start, with a text that fits one line. */
  start(config: C, log: Logger): Promise<RunningService>;
}

/** The parts of `process` that a life needs; tests hand in their own. */
export type ProcessLike = Pick<NodeJS.Process, 'env' | 'exit' | 'on' | 'stderr'>;

/** Runs a service from settings to exit. Calls `proc.exit` in every case, once all that was logged is written. */
export async function runService<C extends BaseConfig>(proc: ProcessLike, spec: ServiceSpec<C>): Promise<void> {
  let config: C;
  try {
    config = spec.loadConfig(proc.env);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    for (const problem of thrown.problems) proc.stderr.write(`${spec.name}: ${problem}\n`);
    proc.exit(2);
    return;
  }
  const stream = openStream(spec.logTo?.(config) ?? 1);
  const { podName: pod, logLevel: level } = config;
  const log = createLogger({ service: spec.name, pod, level, stream, ...(spec.podKey && { podKey: spec.podKey }) });
  const signals = trapSignals(proc, log);
  const crashed = trapCrashes(proc, log);
  log.info({ config }, 'starting');

  let service: RunningService;
  try {
    service = await spec.start(config, log);
  } catch (thrown) {
    const error = toError(thrown);
    if (error instanceof StartError) log.fatal(error.message);
    else log.fatal({ err: error }, 'start failed');
    proc.exit(1);
    return;
  }

  try {
    await Promise.race([aborted(signals.requested), aborted(crashed), ...(service.finished ? [service.finished] : [])]);
    await service.stop(signals.hurried);
    log.info('stopped');
    proc.exit(crashed.aborted || signals.hurried.aborted ? 1 : 0);
  } catch (thrown) {
    log.fatal({ err: toError(thrown) }, 'stop failed');
    proc.exit(1);
  }
}

/** Resolves after `ms`, or as soon as `signal` aborts. Never rejects. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

interface Signals {
  readonly requested: AbortSignal;
  readonly hurried: AbortSignal;
}

function trapSignals(proc: ProcessLike, log: Logger): Signals {
  const requested = new AbortController();
  const hurried = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (requested.signal.aborted) {
      log.warn({ signal }, 'second signal, stopping at once');
      hurried.abort();
    } else {
      log.info({ signal }, 'stopping');
      requested.abort();
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) proc.on(signal, onSignal);
  return { requested: requested.signal, hurried: hurried.signal };
}

/** A bug must end the process, but through the same door: calls in flight are still answered. */
function trapCrashes(proc: ProcessLike, log: Logger): AbortSignal {
  const crashed = new AbortController();
  const onCrash = (thrown: unknown) => {
    log.fatal({ err: toError(thrown) }, 'crashed');
    crashed.abort();
  };
  proc.on('uncaughtException', onCrash);
  proc.on('unhandledRejection', onCrash);
  return crashed.signal;
}
