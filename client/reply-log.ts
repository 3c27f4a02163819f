// The lines that a person reads: each reply while they are few, a tally every 10 s, and what goes wrong without flooding.
import type { Logger } from '../runtime/log';
import { printableText } from '../runtime/wire-text';
import type { StreamEnd } from './chat-stream';
import { LogLimit } from './log-limit';
import type { CallRecord } from './outcome';
import { LATE_MS, type Schedule } from './schedule';
import { byName, latencies } from './summary';
import type { Tally } from './tally';

/** At this interval between calls, and above, every call gets a line. */
const LINE_PER_CALL_MS = 500;
const FAILURE_LINE_MS = 1000;
const STREAM_END_LINE_MS = 1000;
const BEHIND_LINE_MS = 10_000;

type Pace = Pick<Schedule, 'inFlight' | 'behindSchedule' | 'neverSent'>;

export interface ReplyLogOptions {
  readonly log: Logger;
  /** Time between two calls (ms). */
  readonly intervalMs: number;
}

export class ReplyLog {
  readonly #log: Logger;
  readonly #isLinePerCall: boolean;
  readonly #failures: LogLimit;
  readonly #streamEnds = new LogLimit(STREAM_END_LINE_MS);
  readonly #behind = new LogLimit(BEHIND_LINE_MS);

  constructor({ log, intervalMs }: ReplyLogOptions) {
    this.#log = log;
    this.#isLinePerCall = intervalMs >= LINE_PER_CALL_MS;
    this.#failures = new LogLimit(this.#isLinePerCall ? 0 : FAILURE_LINE_MS);
  }

  call(call: CallRecord): void {
    const { code, text, pod, via, attempts, latencyMs, sentMs } = call;
    if (code === 'OK') {
      if (!this.#isLinePerCall) return;
      this.#log.info({ pod, via, attempts, ...timing(call) }, `Received: ${printableText(text)}`);
      return;
    }
    const left = this.#failures.take(sentMs + latencyMs);
    if (left === undefined) return;
    this.#log.warn({ code, detail: printableText(text), via, attempts, ...timing(call), ...left }, 'call failed');
  }

  streamEnded(end: StreamEnd, nowMs: number): void {
    const left = this.#streamEnds.take(nowMs);
    if (left !== undefined) this.#log.info({ ...end, detail: printableText(end.detail), ...left }, 'stream ended');
  }

  behind(lateMs: number, { inFlight, behindSchedule, neverSent }: Pace, nowMs: number): void {
    if (this.#behind.take(nowMs) === undefined) return;
    this.#log.warn({ lateMs: rounded(lateMs), inFlight, behindSchedule, neverSent }, 'behind schedule');
  }

  /** What `tally` counted in the last `seconds`, and how the schedule stands since the start. */
  tally(tally: Tally, seconds: number, { inFlight, behindSchedule, neverSent }: Pace): void {
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
        ...latencies(tally),
        inFlight,
        behindSchedule,
        neverSent,
      },
      'tally',
    );
  }
}

/** A call that was sent in time has no `lateMs`. */
function timing({ latencyMs, sentMs, intendedMs, seq }: CallRecord): Readonly<Record<string, number>> {
  const lateMs = sentMs - intendedMs;
  return { latencyMs: rounded(latencyMs), ...(lateMs > LATE_MS && { lateMs: rounded(lateMs) }), seq };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
