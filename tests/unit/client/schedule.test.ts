import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Schedule, type ScheduledCall, type ScheduleOptions } from '../../../client/schedule';
import { FakeClock, settle } from './fake-clock';

const START_MS = 1_000_000;

class Bench {
  readonly clock = new FakeClock(START_MS);
  readonly sent: ScheduledCall[] = [];
  /** How late the schedule said it was, each time (ms). */
  readonly lateMs: number[] = [];
  readonly schedule: Schedule;
  readonly #waiting: Array<() => void> = [];

  /** @param answersAtOnce false: calls stay in flight until answer() */
  constructor(options: Partial<ScheduleOptions>, answersAtOnce = true) {
    this.schedule = new Schedule({
      intervalMs: 100,
      maxInFlight: 1000,
      clock: this.clock,
      send: (call) => {
        this.sent.push(call);
        return answersAtOnce ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
      },
      onBehind: (lateMs) => this.lateMs.push(lateMs),
      ...options,
    });
  }

  async answer(): Promise<void> {
    this.#waiting.shift()?.();
    await settle();
  }

  get sentAfterMs(): number[] {
    return this.sent.map(({ sentMs }) => sentMs - START_MS);
  }
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await settle();
  return settled;
}

describe('Schedule', () => {
  it('sends the first call at once and one per interval after it', async () => {
    const bench = new Bench({ intervalMs: 100 });
    bench.schedule.start();
    await bench.clock.advance(350);
    assert.deepEqual(bench.sentAfterMs, [0, 100, 200, 300]);
    assert.deepEqual(
      bench.sent.map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
  });

  it('does not wait for answers', async () => {
    const bench = new Bench({ intervalMs: 100 }, false);
    bench.schedule.start();
    await bench.clock.advance(1000);
    assert.equal(bench.sent.length, 11);
    assert.equal(bench.schedule.inFlight, 11);
    assert.equal(bench.schedule.behindSchedule, 0);
  });

  it('does not drift when the interval is no whole number of milliseconds', async () => {
    const bench = new Bench({ intervalMs: 1000 / 3 });
    bench.schedule.start();
    await bench.clock.advance(60_000);
    assert.equal(bench.sent.length, 181);
    assert.ok(bench.sent.every(({ sentMs, intendedMs }) => sentMs - intendedMs < 1));
    assert.equal(bench.sent[180]?.intendedMs, START_MS + 60_000);
  });

  it('sends many calls per tick when they are due faster than a timer can ring', async () => {
    const bench = new Bench({ intervalMs: 0.1 });
    bench.schedule.start();
    await bench.clock.advance(1000);
    assert.equal(bench.sent.length, 10_001);
    assert.ok(bench.clock.timersSet <= 1001, `${bench.clock.timersSet} timers`);
    assert.equal(bench.schedule.behindSchedule, 0);
  });

  it('holds calls back at the bound, drops none, and counts them as behind', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 2 }, false);
    bench.schedule.start();
    await bench.clock.advance(250);
    assert.deepEqual(bench.sentAfterMs, [0, 100]);
    await bench.answer();
    assert.deepEqual(bench.sentAfterMs, [0, 100, 250]);
    await bench.clock.advance(100);
    await bench.answer();
    assert.deepEqual(bench.sentAfterMs, [0, 100, 250, 350]);
    // Held back at 200, sent at 250; held back at 300 (found at 250: not yet due), sent at 350.
    assert.deepEqual(bench.lateMs, [0, 50, 0, 50]);
    assert.equal(bench.schedule.behindSchedule, 2);
  });

  it('counts the calls that wait as behind, and those that a stop left unsent', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 1, count: 20 }, false);
    bench.schedule.start();
    await bench.clock.advance(1050);
    assert.equal(bench.sent.length, 1);
    assert.deepEqual(bench.lateMs, [0]);
    assert.equal(bench.schedule.behindSchedule, 10);
    await bench.answer();
    assert.equal(bench.sent.length, 2);
    assert.equal(bench.schedule.behindSchedule, 10);
    bench.schedule.stop();
    await bench.clock.advance(5000);
    assert.equal(bench.schedule.behindSchedule, 10);
  });

  it('counts no call as behind that is beyond `count`', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 1, count: 5 }, false);
    bench.schedule.start();
    await bench.clock.advance(5000);
    assert.equal(bench.schedule.behindSchedule, 4);
  });

  it('is back on schedule once the backlog is sent', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 1 }, false);
    bench.schedule.start();
    await bench.clock.advance(110);
    await bench.answer();
    await bench.answer();
    await bench.clock.advance(100);
    assert.deepEqual(bench.sentAfterMs, [0, 110, 200]);
    assert.equal(bench.schedule.behindSchedule, 1);
  });

  it('sends what a stall of the process held up, and counts the calls that are over 100 ms late', async () => {
    const bench = new Bench({ intervalMs: 50 });
    bench.schedule.start();
    await bench.clock.stall(300);
    assert.deepEqual(bench.sentAfterMs, [0, 300, 300, 300, 300, 300, 300]);
    assert.deepEqual(bench.lateMs, [250, 200, 150]);
    assert.equal(bench.schedule.behindSchedule, 3);
  });

  it('finishes after `count` calls, when the last one has ended', async () => {
    const bench = new Bench({ count: 3 }, false);
    bench.schedule.start();
    await bench.clock.advance(10_000);
    assert.equal(bench.sent.length, 3);
    await bench.answer();
    await bench.answer();
    assert.equal(await isSettled(bench.schedule.finished), false);
    await bench.answer();
    assert.equal(await isSettled(bench.schedule.finished), true);
    assert.equal(bench.clock.timersPending, 0);
  });

  it('stop() sends nothing more, and finishes with the calls in flight', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 2 }, false);
    bench.schedule.start();
    await bench.clock.advance(300);
    bench.schedule.stop();
    await bench.answer();
    assert.equal(await isSettled(bench.schedule.finished), false);
    await bench.answer();
    assert.equal(await isSettled(bench.schedule.finished), true);
    await bench.clock.advance(1000);
    assert.equal(bench.sent.length, 2);
  });

  it('stop() finishes at once when nothing is in flight', async () => {
    const bench = new Bench({});
    bench.schedule.start();
    await bench.clock.advance(100);
    bench.schedule.stop();
    assert.equal(await isSettled(bench.schedule.finished), true);
    assert.equal(bench.clock.timersPending, 0);
  });
});
