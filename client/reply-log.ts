// The lines that a person reads: each reply while they are few, a tally every 10 s, and what goes wrong without flooding.
import type { Logger } from '../runtime/log';
import { LogLimit } from './log-limit';
import type { CallRecord } from './outcome';
import type { ScheduledCall } from './schedule';
import { byName, latencies } from './summary';
import type { Tally } from './tally';

/** At this interval between calls, and above, every call gets a line. */
const LINE_PER_CALL_MS = 500;
const FAILURE_LINE_MS = 1000;
const BEHIND_LINE_MS = 10_000;

export interface ReplyLogOptions {
  readonly log: Logger;
  /** Time between two calls (ms). */
  readonly intervalMs: number;
}

export class ReplyLog {
  readonly #log: Logger;
  readonly #isLinePerCall: boolean;
  readonly #failures: LogLimit;
  readonly #behind = new LogLimit(BEHIND_LINE_MS);

  constructor({ log, intervalMs }: ReplyLogOptions) {
    this.#log = log;
    this.#isLinePerCall = intervalMs >= LINE_PER_CALL_MS;
    this.#failures = new LogLimit(this.#isLinePerCall ? 0 : FAILURE_LINE_MS);
  }

  call({ seq, code, text, pod, via, attempts, latencyMs, sentMs }: CallRecord): void {
    if (code === 'OK') {
      if (!this.#isLinePerCall) return;
      this.#log.info({ pod, via, attempts, latencyMs: rounded(latencyMs), seq }, `Received: ${text}`);
      return;
    }
    const left = this.#failures.take(sentMs + latencyMs);
    if (left === undefined) return;
    this.#log.warn({ code, detail: text, via, attempts, latencyMs: rounded(latencyMs), seq, ...left }, 'call failed');
  }

  behind({ seq, intendedMs, sentMs }: ScheduledCall, inFlight: number): void {
    const left = this.#behind.take(sentMs);
    if (left === undefined) return;
    this.#log.warn({ seq, lateMs: rounded(sentMs - intendedMs), inFlight, ...left }, 'behind schedule');
  }

  /** What `tally` counted in the last `seconds`. */
  tally(tally: Tally, seconds: number, inFlight: number): void {
    const { calls, ok, failed, codes, pods, envoys } = tally;
    this.#log.info(
      {
        seconds: rounded(seconds),
        calls,
        ok,
        failed,
        byCode: byName(codes),
        pods: byName(pods),
        envoys: byName(envoys),
        latencyMs: latencies(tally),
        inFlight,
      },
      'tally',
    );
  }
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
