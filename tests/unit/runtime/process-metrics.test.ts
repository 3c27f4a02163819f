import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { Registry } from 'prom-client';
import { collectProcessMetrics, EventLoopLag } from '../../../runtime/process-metrics';

describe('EventLoopLag', () => {
  it('counts lag above a second, and never goes below zero', () => {
    const lag = new EventLoopLag();
    for (const elapsedMs of [1000.5, 999.2, 1250.5, 1001]) lag.look(elapsedMs);
    assert.equal(lag.latestMs, 1);
    assert.deepEqual(lag.take(), { maxMs: 250.5, meanMs: 63 });
  });

  it('starts again with each scrape, and repeats the latest reading if there was no new one', () => {
    const lag = new EventLoopLag();
    assert.deepEqual(lag.take(), { maxMs: 0, meanMs: 0 });
    lag.look(1300);
    lag.look(1002);
    assert.equal(lag.take().maxMs, 300);
    assert.deepEqual(lag.take(), { maxMs: 2, meanMs: 2 });
  });
});

const original = EventLoopLag.prototype.look;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('collectProcessMetrics()', () => {
  const read = async (registry: Registry, name: string) => {
    const text = await registry.metrics();
    const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
    return value === undefined ? assert.fail(`${name} is not in\n${text}`) : Number(value);
  };

  it('serves numbers only, before the first look too', async () => {
    const registry = new Registry();
    collectProcessMetrics(registry);
    for (const name of ['nodejs_eventloop_lag_seconds', 'nodejs_eventloop_lag_max_seconds']) {
      assert.equal(await read(registry, name), 0);
    }
    assert.doesNotMatch(await registry.metrics(), /\bNan\b|\bNaN\b|9223372036/);
  });

  it('looks at the loop from the first scrape on, and no longer once no scrape comes', async (t) => {
    t.after(() => mock.timers.reset());
    mock.timers.enable({ apis: ['setTimeout'] });
    let looks = 0;
    t.mock.method(EventLoopLag.prototype, 'look', function (this: EventLoopLag, elapsedMs: number) {
      looks += 1;
      original.call(this, elapsedMs);
    });
    const registry = new Registry();
    collectProcessMetrics(registry);
    const looksIn = (seconds: number) => {
      const before = looks;
      for (let second = 0; second < seconds; second += 1) mock.timers.tick(1000);
      return looks - before;
    };
    assert.equal(looksIn(60), 0);
    for (const pause of [60, 120]) {
      await registry.metrics();
      assert.equal(looksIn(pause), pause);
    }
    assert.equal(looksIn(600), 30);
    await registry.metrics();
    assert.equal(looksIn(5), 5);
  });

  it('counts the time that the loop is busy', async () => {
    const registry = new Registry();
    collectProcessMetrics(registry);
    await turn(); // the clock of the loop starts with its first turn
    const before = await read(registry, 'nodejs_eventloop_busy_seconds_total');
    const until = performance.now() + 200;
    while (performance.now() < until);
    const busy = (await read(registry, 'nodejs_eventloop_busy_seconds_total')) - before;
    assert.ok(busy >= 0.19, `${busy} s`);
  });

  it('keeps no process alive', () => {
    // node:test runs each file in a process of its own and waits for its end: the two registries above did not hold it.
    assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
  });
});
