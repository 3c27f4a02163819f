import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock, settle } from './fake-clock';
import { Bench, START_MS } from './schedule-bench';

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
    bench.start();
    await bench.clock.advance(350);
    assert.deepEqual(bench.sentAfterMs, [0, 100, 200, 300]);
    assert.deepEqual(
      bench.sent.map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
  });

  it('does not wait for answers', async () => {
    const bench = new Bench({ intervalMs: 100 }, false);
    bench.start();
    await bench.clock.advance(1000);
    assert.equal(bench.sent.length, 11);
    assert.equal(bench.schedule.inFlight, 11);
    assert.equal(bench.schedule.behindSchedule, 0);
  });

  it('does not drift when the interval is not a whole number of milliseconds', async () => {
    const bench = new Bench({ intervalMs: 1000 / 3 });
    bench.start();
    await bench.clock.advance(60_000);
    assert.equal(bench.sent.length, 181);
    assert.ok(bench.sent.every(({ sentMs, intendedMs }) => sentMs - intendedMs < 1));
    assert.equal(bench.sent[180]?.intendedMs, START_MS + 60_000);
  });

  it('sends many calls per tick when they are due faster than a timer can ring', async () => {
    const bench = new Bench({ intervalMs: 0.1 });
    bench.start();
    await bench.clock.advance(1000);
    assert.equal(bench.sent.length, 10_001);
    assert.ok(bench.clock.timersSet <= 1001, `${bench.clock.timersSet} timers`);
    assert.equal(bench.schedule.behindSchedule, 0);
  });

  it('counts nothing before it starts', () => {
    const { schedule } = new Bench({});
    assert.deepEqual([schedule.behindSchedule, schedule.neverSent], [0, 0]);
  });

  it('lets answers be handled when sending takes longer than the interval', async () => {
    const clock = new FakeClock(START_MS);
    const send = () => {
      clock.pass(2);
      return Promise.resolve();
    };
    const bench = new Bench({ intervalMs: 1, clock }, true, { send });
    bench.start();
    const timers = clock.timersSet;
    await clock.advance(1000);
    assert.ok(clock.timersSet - timers > 5, `${clock.timersSet - timers} ticks`);
  });

  it('finishes after `count` calls, when the last one has ended', async () => {
    const bench = new Bench({ count: 3 }, false);
    bench.start();
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
    bench.start();
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
    bench.start();
    await bench.clock.advance(100);
    bench.schedule.stop();
    assert.equal(await isSettled(bench.schedule.finished), true);
    assert.equal(bench.clock.timersPending, 0);
  });
});
