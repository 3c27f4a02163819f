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
      maxLateMs: 60_000,
      slowMs: 60_000,
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
    await this.clock.advance(0);
  }

  get sentAfterMs(): number[] {
    return this.sent.map(({ sentMs }) => sentMs - START_MS);
  }
}

/** The most of `timesMs`, which ascend, within any time of that length. */
function mostWithin(timesMs: readonly number[], lengthMs: number): number {
  let first = 0;
  return timesMs.reduce((most, timeMs, index) => {
    while (timeMs - (timesMs[first] as number) >= lengthMs) first += 1;
    return Math.max(most, index - first + 1);
  }, 0);
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

  it('holds calls back at the bound, and sends them when one has ended', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 2 }, false);
    bench.schedule.start();
    await bench.clock.advance(250);
    assert.deepEqual(bench.sentAfterMs, [0, 100]);
    await bench.answer();
    assert.deepEqual(bench.sentAfterMs, [0, 100, 250]);
    await bench.clock.advance(200);
    await bench.answer();
    assert.deepEqual(bench.sentAfterMs, [0, 100, 250, 450]);
    // Held back at 200, sent at 250; held back at 300, sent at 450.
    assert.deepEqual(bench.lateMs, [0, 0, 150, 50]);
    assert.equal(bench.schedule.behindSchedule, 1);
  });

  it('counts the calls that wait for over 100 ms as behind, and those that a stop left unsent as never sent', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 1, count: 20 }, false);
    bench.schedule.start();
    await bench.clock.advance(1050);
    assert.equal(bench.sent.length, 1);
    assert.deepEqual(bench.lateMs, [0]);
    // Those of 100 to 900.
    assert.equal(bench.schedule.behindSchedule, 9);
    await bench.answer();
    assert.equal(bench.sent.length, 2);
    assert.deepEqual([bench.schedule.behindSchedule, bench.schedule.neverSent], [9, 0]);
    bench.schedule.stop();
    await bench.clock.advance(5000);
    assert.deepEqual([bench.schedule.behindSchedule, bench.schedule.neverSent], [9, 8]);
  });

  it('counts no call as behind that is beyond `count`', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 1, count: 5 }, false);
    bench.schedule.start();
    await bench.clock.advance(5000);
    assert.equal(bench.schedule.behindSchedule, 4);
  });

  it('counts nothing before it starts', () => {
    const { schedule } = new Bench({});
    assert.deepEqual([schedule.behindSchedule, schedule.neverSent], [0, 0]);
  });

  it('is back on schedule once the backlog is sent', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 1 }, false);
    bench.schedule.start();
    await bench.clock.advance(110);
    await bench.answer();
    await bench.answer();
    await bench.clock.advance(100);
    assert.deepEqual(bench.sentAfterMs, [0, 110, 200]);
    assert.equal(bench.schedule.behindSchedule, 0);
  });

  it('sends what a short stall held up at once, and counts no call that is at most 100 ms late', async () => {
    const bench = new Bench({ intervalMs: 20 });
    bench.schedule.start();
    await bench.clock.advance(100);
    await bench.clock.stall(100);
    await bench.clock.advance(50);
    assert.deepEqual(bench.sentAfterMs.slice(5), [100, 200, 200, 200, 200, 200, 220, 240]);
    assert.equal(bench.schedule.behindSchedule, 0);
  });

  it('catches up at one and a half times the rate, in the order of the calls', async () => {
    const bench = new Bench({ intervalMs: 300 });
    bench.schedule.start();
    await bench.clock.stall(1000);
    await bench.clock.advance(900);
    assert.deepEqual(bench.sentAfterMs, [0, 1000, 1200, 1400, 1600, 1800]);
    assert.deepEqual(bench.lateMs, [700, 600, 500, 400, 300]);
    assert.deepEqual([bench.schedule.behindSchedule, bench.schedule.neverSent], [5, 0]);
  });

  it('gives up what is too late, says so with the next call, and counts it once', async () => {
    const bench = new Bench({ intervalMs: 100, maxLateMs: 250 });
    bench.schedule.start();
    await bench.clock.stall(1000);
    const [, second, third] = bench.sent;
    // Due at 100 to 700.
    assert.deepEqual(second, { seq: 2, intendedMs: START_MS + 800, sentMs: START_MS + 1000, neverSent: 7 });
    assert.equal(third, undefined);
    await bench.clock.advance(1000);
    assert.deepEqual(bench.sent[2], { seq: 3, intendedMs: START_MS + 900, sentMs: START_MS + 1034 });
    assert.deepEqual([bench.schedule.behindSchedule, bench.schedule.neverSent], [10, 7]);
    assert.equal(bench.lateMs[0], 900);
  });

  it('counts what it will give up while the bound holds everything back', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 1, maxLateMs: 1000, count: 4 }, false);
    bench.schedule.start();
    await bench.clock.advance(10_050);
    // Due at 100 to 9000 or 9100: given up; at most three of the others will be sent.
    assert.deepEqual([bench.schedule.neverSent, bench.schedule.behindSchedule], [90, 93]);
    await bench.answer();
    assert.deepEqual(bench.sent[1], { seq: 2, intendedMs: START_MS + 9100, sentMs: START_MS + 10_050, neverSent: 90 });
  });

  it('sends nothing late while a call has waited long for its answer, and what is in time all the same', async () => {
    const bench = new Bench({ intervalMs: 100, slowMs: 500 }, false);
    bench.schedule.start();
    await bench.clock.advance(700);
    assert.equal(bench.sent.length, 8);
    // The calls of 800 and 900 are late when the process runs again, and the first has waited for 1010 ms.
    await bench.clock.stall(310);
    assert.equal(bench.sent.length, 8);
    // Until the one of 600 is the oldest.
    for (let answered = 0; answered < 5; answered += 1) await bench.answer();
    assert.equal(bench.sent.length, 8);
    await bench.answer();
    assert.deepEqual(bench.sentAfterMs.slice(8), [1010]);
    await bench.clock.advance(34);
    assert.deepEqual(bench.sentAfterMs.slice(8), [1010, 1044]);
  });

  it('gives no call up before the next one is due', async () => {
    const bench = new Bench({ intervalMs: 5000, maxLateMs: 1000 });
    bench.schedule.start();
    await bench.clock.stall(9000);
    assert.deepEqual(bench.sentAfterMs, [0, 9000]);
    assert.equal(bench.schedule.neverSent, 0);
  });

  it('lets answers have their turn when sending takes longer than the calls are apart', async () => {
    const clock = new FakeClock(START_MS);
    const bench = new Bench({
      intervalMs: 1,
      clock,
      send: () => {
        clock.pass(2);
        return Promise.resolve();
      },
    });
    bench.schedule.start();
    const timers = clock.timersSet;
    await clock.advance(1000);
    assert.ok(clock.timersSet - timers > 5, `${clock.timersSet - timers} ticks`);
  });

  for (const rate of [500, 2000]) {
    it(`comes back from 20 s of starvation at ${rate} calls/s within 5 s, and never sends over twice the rate`, async () => {
      const bench = new Bench({ intervalMs: 1000 / rate, maxLateMs: 1000 });
      bench.schedule.start();
      await bench.clock.advance(3000);
      await bench.clock.stall(20_000);
      await bench.clock.advance(7000);
      const late = bench.sent.filter(({ sentMs, intendedMs }) => sentMs - intendedMs > 100);
      const lastLateMs = (late.at(-1)?.sentMs ?? 0) - START_MS - 23_000;
      assert.ok(lastLateMs > 0 && lastLateMs < 5000, `the last late call is sent ${lastLateMs} ms after`);
      for (const windowMs of [300, 1000]) {
        const most = mostWithin(bench.sentAfterMs, windowMs);
        assert.ok(most <= (2 * rate * windowMs) / 1000, `${most} calls within ${windowMs} ms`);
      }
      // Every call that was due is sent or counted.
      assert.equal(bench.sent.length + bench.schedule.neverSent, 30 * rate + 1);
      assert.ok(Math.abs(bench.schedule.neverSent - 19 * rate) <= 1, `${bench.schedule.neverSent} never sent`);
      assert.equal(bench.schedule.behindSchedule, late.length + bench.schedule.neverSent);
    });
  }

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
