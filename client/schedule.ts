// When calls are sent: an open loop, in which the time of each call is set in advance and does not wait for the answers
// before it. What it cannot send in time it sends late, at a bounded pace, and what is too late it gives up and counts.
// What a call is, it does not know.
import { CatchUp } from './catch-up';
import type { Clock, Timer } from './clock';

/** A call that is sent this much after its time is behind the schedule, whatever held it up. */
export const LATE_MS = 100;

export interface ScheduledCall {
  /** 1 for the first call that is sent. */
  readonly seq: number;
  /** When the schedule wanted it (ms since the epoch): a whole number of intervals after the start. */
  readonly intendedMs: number;
  /** When it was sent (ms since the epoch). */
  readonly sentMs: number;
  /** Calls between the one sent before and this one that were given up; absent if there are none. */
  readonly neverSent?: number;
}

export interface ScheduleOptions {
  /** May have a fraction, and be shorter than a timer can: then several calls are sent per tick. */
  readonly intervalMs: number;
  /** Calls that may be unanswered at once. Further ones wait. */
  readonly maxInFlight: number;
  /** A call that is later than this, and later than an interval, is given up. */
  readonly maxLateMs: number;
  /**
   * While a call has waited for its answer for this long, nothing is sent that is late already: something is short of
   * time, and what is added would not be answered by its deadline either. Calls whose time has just come are sent.
   */
  readonly slowMs: number;
  /** Ends after sending this many calls; endless if left out. */
  readonly count?: number | undefined;
  readonly clock: Clock;
}

/** What is done when the time of a call has come. */
export interface ScheduleActions {
  /** Makes a call. It is in flight until the promise resolves; it must not reject. */
  send(call: ScheduledCall): Promise<void>;
  /** Told how late the schedule is (ms), when a call has to wait or is given up and whenever one is sent late. */
  onBehind(lateMs: number): void;
}

export class Schedule {
  /** Resolves when nothing is left to send and nothing is in flight. */
  readonly finished: Promise<void>;
  #finish: () => void = () => {};
  /** Nothing is due before the start. */
  #startMs = Number.POSITIVE_INFINITY;
  /** Intervals from the start to the next call. */
  #next = 0;
  #sent = 0;
  /** In the order of sending. */
  readonly #inFlight = new Set<ScheduledCall>();
  #sentLate = 0;
  #neverSent = 0;
  /** Of those, how many no call has told of. */
  #untold = 0;
  #isHeldBack = false;
  #isStopped = false;
  #timer: Timer | undefined;
  #actions: ScheduleActions = { send: () => Promise.resolve(), onBehind: () => {} };
  readonly #catchUp: CatchUp;
  readonly #longestMs: number;

  constructor(private readonly options: ScheduleOptions) {
    this.#catchUp = new CatchUp(options.intervalMs);
    // Where calls are rarer than that, the last one is always worth sending.
    this.#longestMs = Math.max(options.maxLateMs, options.intervalMs);
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Calls that were given up, those that a stop left unsent included. */
  get neverSent(): number {
    return this.#neverSent + this.#overdue(this.options.clock.now());
  }

  /** Calls that were not sent within 100 ms of their time: sent later, still waiting, or given up. */
  get behindSchedule(): number {
    return this.#sentLate + this.neverSent + this.#waiting(this.options.clock.now());
  }

  /** Sends the first call at once. */
  start(actions: ScheduleActions): void {
    this.#actions = actions;
    this.#startMs = this.options.clock.now();
    this.#tick();
  }

  /** Sends nothing more; `finished` resolves once the calls in flight have ended. */
  stop(): void {
    const nowMs = this.options.clock.now();
    this.#neverSent += this.#overdue(nowMs) + this.#waiting(nowMs);
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#finishIfDone();
  }

  /** Sends what is due and may be sent, then sleeps until the next one or, when it must wait for that, until one ends. */
  readonly #tick = (): void => {
    const { clock } = this.options;
    this.#timer = undefined;
    // What becomes due meanwhile is for the next tick: answers must have their turn, however slow sending is.
    const tickMs = clock.now();
    this.#giveUp(tickMs);
    while (!this.#isDone()) {
      const intendedMs = this.#dueMs(this.#next);
      if (intendedMs > tickMs) {
        this.#sleep(intendedMs - clock.now());
        break;
      }
      this.#isHeldBack = this.#mustWait(tickMs, intendedMs);
      if (this.#isHeldBack) {
        this.#actions.onBehind(tickMs - intendedMs);
        break;
      }
      if (!this.#catchUp.take(tickMs)) {
        this.#sleep(this.#catchUp.waitMs(clock.now()));
        break;
      }
      this.#dispatch(intendedMs, clock.now());
    }
  };

  #sleep(delayMs: number): void {
    // Timers count whole milliseconds, and one that rings early would only ring twice.
    this.#timer = this.options.clock.setTimer(this.#tick, Math.max(0, Math.ceil(delayMs)));
  }

  #dispatch(intendedMs: number, sentMs: number): void {
    const untold = this.#untold;
    this.#next += 1;
    this.#sent += 1;
    this.#untold = 0;
    const lateMs = sentMs - intendedMs;
    if (lateMs > LATE_MS) {
      this.#sentLate += 1;
      this.#actions.onBehind(lateMs);
    }
    const call = { seq: this.#sent, intendedMs, sentMs, ...(untold > 0 && { neverSent: untold }) };
    this.#inFlight.add(call);
    void this.#actions.send(call).then(() => this.#settle(call));
  }

  #settle(call: ScheduledCall): void {
    this.#inFlight.delete(call);
    // Not at once: calls that are sent together cost less, and answers come together.
    if (this.#isHeldBack && this.#timer === undefined && !this.#isDone()) this.#sleep(0);
    this.#finishIfDone();
  }

  /** Whether the next call may be sent only after another has ended. */
  #mustWait(nowMs: number, intendedMs: number): boolean {
    const { maxInFlight, slowMs } = this.options;
    if (this.#inFlight.size >= maxInFlight) return true;
    if (nowMs - intendedMs <= LATE_MS) return false;
    const [oldest] = this.#inFlight;
    return oldest !== undefined && nowMs - oldest.sentMs > slowMs;
  }

  #giveUp(nowMs: number): void {
    const overdue = this.#overdue(nowMs);
    if (overdue === 0) return;
    const lateMs = nowMs - this.#dueMs(this.#next);
    this.#next += overdue;
    this.#neverSent += overdue;
    this.#untold += overdue;
    this.#actions.onBehind(lateMs);
  }

  /** Unsent calls that are too late. */
  #overdue(nowMs: number): number {
    return this.#isDone() ? 0 : Math.max(0, this.#dueBefore(nowMs - this.#longestMs) - this.#next);
  }

  /** Unsent calls that are late, and not too late. */
  #waiting(nowMs: number): number {
    if (this.#isDone()) return 0;
    const { count = Number.POSITIVE_INFINITY } = this.options;
    // A millisecond more than late: what is counted now must be late when it is sent, and stay counted.
    const late = this.#dueBefore(nowMs - LATE_MS - 1) - this.#next - this.#overdue(nowMs);
    return Math.max(0, Math.min(late, count - this.#sent));
  }

  #dueMs(index: number): number {
    return this.#startMs + index * this.options.intervalMs;
  }

  /** How many calls the schedule wants before a moment. */
  #dueBefore(atMs: number): number {
    return Math.max(0, Math.ceil((atMs - this.#startMs) / this.options.intervalMs));
  }

  #isDone(): boolean {
    return this.#isStopped || this.#sent === this.options.count;
  }

  #finishIfDone(): void {
    if (this.#isDone() && this.#inFlight.size === 0) this.#finish();
  }
}
