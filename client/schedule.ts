// When calls are sent: an open loop, in which the time of each call is set in advance and does not wait for the answers
// before it. What a call is, it does not know.
import type { Clock, Timer } from './clock';

/** A call that is sent this much after its time is behind the schedule, whatever held it up. */
const LATE_MS = 100;

export interface ScheduledCall {
  /** 1 for the first call. */
  readonly seq: number;
  /** When the schedule wanted it (ms since the epoch): start + (seq - 1) · interval. */
  readonly intendedMs: number;
  /** When it was sent (ms since the epoch). */
  readonly sentMs: number;
}

export interface ScheduleOptions {
  /** May have a fraction, and be shorter than a timer can: then several calls are sent per tick. */
  readonly intervalMs: number;
  /** Calls that may be unanswered at once. Further ones are not dropped: they wait, and are sent late. */
  readonly maxInFlight: number;
  /** Ends after this many calls; endless if left out. */
  readonly count?: number | undefined;
  readonly clock: Clock;
  /** Makes a call. It is in flight until the promise resolves; it must not reject. */
  send(call: ScheduledCall): Promise<void>;
  /** Told how late the schedule is (ms), when a call has to wait and whenever one is sent late. */
  onBehind(lateMs: number): void;
}

export class Schedule {
  /** Resolves when nothing is left to send and nothing is in flight. */
  readonly finished: Promise<void>;
  #finish: () => void = () => {};
  #startMs = 0;
  #sent = 0;
  #inFlight = 0;
  #behind = 0;
  #isHeldBack = false;
  #isStopped = false;
  #timer: Timer | undefined;

  constructor(private readonly options: ScheduleOptions) {
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Calls that the bound held or still holds back, and those that were sent more than 100 ms after their time. */
  get behindSchedule(): number {
    return this.#behind + this.#waiting();
  }

  /** Sends the first call at once. */
  start(): void {
    this.#startMs = this.options.clock.now();
    this.#tick();
  }

  /** Sends nothing more; `finished` resolves once the calls in flight have ended. */
  stop(): void {
    this.#behind = this.behindSchedule;
    this.#isStopped = true;
    this.#isHeldBack = false;
    this.#timer?.cancel();
    this.#finishIfDone();
  }

  /** Sends all that is due, then sleeps until the next call or, when the bound holds it back, until one has ended. */
  readonly #tick = (): void => {
    const { intervalMs, maxInFlight, clock } = this.options;
    while (!this.#isDone()) {
      const nowMs = clock.now();
      const intendedMs = this.#startMs + this.#sent * intervalMs;
      if (intendedMs > nowMs) {
        this.#isHeldBack = false;
        // Timers count whole milliseconds, and one that rings early would only ring twice.
        this.#timer = clock.setTimer(this.#tick, Math.ceil(intendedMs - nowMs));
        return;
      }
      if (this.#inFlight >= maxInFlight) {
        this.#isHeldBack = true;
        this.options.onBehind(nowMs - intendedMs);
        return;
      }
      this.#dispatch({ seq: this.#sent + 1, intendedMs, sentMs: nowMs });
    }
  };

  #dispatch(call: ScheduledCall): void {
    this.#sent += 1;
    this.#inFlight += 1;
    if (this.#isHeldBack || call.sentMs - call.intendedMs > LATE_MS) {
      this.#behind += 1;
      this.options.onBehind(call.sentMs - call.intendedMs);
    }
    void this.options.send(call).then(this.#settle);
  }

  readonly #settle = (): void => {
    this.#inFlight -= 1;
    if (this.#isHeldBack) this.#tick();
    this.#finishIfDone();
  };

  /** Calls that are due and held back. */
  #waiting(): number {
    if (!this.#isHeldBack) return 0;
    const due = Math.floor((this.options.clock.now() - this.#startMs) / this.options.intervalMs) + 1;
    return Math.min(due, this.options.count ?? due) - this.#sent;
  }

  #isDone(): boolean {
    return this.#isStopped || this.#sent === this.options.count;
  }

  #finishIfDone(): void {
    if (this.#isDone() && this.#inFlight === 0) this.#finish();
  }
}
