// A schedule on a clock that a test moves, with calls that a test answers.
import { Schedule, type ScheduleActions, type ScheduledCall, type ScheduleOptions } from '../../../client/schedule';
import { FakeClock, settle } from './fake-clock';

export const START_MS = 1_000_000;

export class Bench {
  readonly clock = new FakeClock(START_MS);
  readonly sent: ScheduledCall[] = [];
  /** How late the schedule said it was, each time (ms). */
  readonly lateMs: number[] = [];
  readonly schedule: Schedule;
  readonly #actions: ScheduleActions;
  readonly #waiting: Array<() => void> = [];

  /** @param answersAtOnce false: calls stay in flight until answer() */
  constructor(options: Partial<ScheduleOptions>, answersAtOnce = true, actions: Partial<ScheduleActions> = {}) {
    this.schedule = new Schedule({
      intervalMs: 100,
      maxInFlight: 1000,
      maxLateMs: 60_000,
      slowMs: 60_000,
      clock: this.clock,
      ...options,
    });
    this.#actions = {
      send: (call) => {
        this.sent.push(call);
        return answersAtOnce ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
      },
      onBehind: (lateMs) => this.lateMs.push(lateMs),
      ...actions,
    };
  }

  start(): void {
    this.schedule.start(this.#actions);
  }

  async answer(): Promise<void> {
    this.#waiting.shift()?.();
    await settle();
    await this.clock.advance(0);
  }

  get sentAfterMs(): number[] {
    return this.sent.map(({ sentMs }) => sentMs - START_MS);
  }
}
