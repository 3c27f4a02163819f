// What a schedule does with calls that it cannot send in time.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mostWithin } from '../../support/most-within';
import { Bench, START_MS } from './schedule-bench';

describe('Schedule that is behind', () => {
  it('holds calls back at the bound, and sends them when one has ended', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 2 }, false);
    bench.start();
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
    bench.start();
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
    bench.start();
    await bench.clock.advance(5000);
    assert.equal(bench.schedule.behindSchedule, 4);
  });

  it('is back on schedule once the backlog is sent', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 1 }, false);
    bench.start();
    await bench.clock.advance(110);
    await bench.answer();
    await bench.answer();
    await bench.clock.advance(100);
    assert.deepEqual(bench.sentAfterMs, [0, 110, 200]);
    assert.equal(bench.schedule.behindSchedule, 0);
  });

  it('sends delayed calls at once after a short stall, and does not count a call that is at most 100 ms late', async () => {
    const bench = new Bench({ intervalMs: 20 });
    bench.start();
    await bench.clock.advance(100);
    await bench.clock.stall(100);
    await bench.clock.advance(50);
    assert.deepEqual(bench.sentAfterMs.slice(5), [100, 200, 200, 200, 200, 200, 220, 240]);
    assert.equal(bench.schedule.behindSchedule, 0);
  });

  it('catches up at one and a half times the rate, in the order of the calls', async () => {
    const bench = new Bench({ intervalMs: 300 });
    bench.start();
    await bench.clock.stall(1000);
    await bench.clock.advance(900);
    assert.deepEqual(bench.sentAfterMs, [0, 1000, 1200, 1400, 1600, 1800]);
    assert.deepEqual(bench.lateMs, [700, 600, 500, 400, 300]);
    assert.deepEqual([bench.schedule.behindSchedule, bench.schedule.neverSent], [5, 0]);
  });

  it('drops calls that are too late, reports them with the next call, and counts each once', async () => {
    const bench = new Bench({ intervalMs: 100, maxLateMs: 250 });
    bench.start();
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

  it('counts the calls that it will drop while the bound holds everything back', async () => {
    const bench = new Bench({ intervalMs: 100, maxInFlight: 1, maxLateMs: 1000, count: 4 }, false);
    bench.start();
    await bench.clock.advance(10_050);
    // Due at 100 to 9000 or 9100: given up; at most three of the others will be sent.
    assert.deepEqual([bench.schedule.neverSent, bench.schedule.behindSchedule], [90, 93]);
    await bench.answer();
    assert.deepEqual(bench.sent[1], { seq: 2, intendedMs: START_MS + 9100, sentMs: START_MS + 10_050, neverSent: 90 });
  });

  it('sends no late call while another one waits long for its answer, but sends calls that are in time', async () => {
    const bench = new Bench({ intervalMs: 100, slowMs: 500 }, false);
    bench.start();
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
    bench.start();
    await bench.clock.stall(9000);
    assert.deepEqual(bench.sentAfterMs, [0, 9000]);
    assert.equal(bench.schedule.neverSent, 0);
  });

  for (const rate of [500, 2000]) {
    it(`comes back from 20 s of starvation at ${rate} calls/s within 5 s, and never sends over twice the rate`, async () => {
      const bench = new Bench({ intervalMs: 1000 / rate, maxLateMs: 1000 });
      bench.start();
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
});
