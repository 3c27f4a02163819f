// Metrics of the process and of Node.js, for both services: prom-client's defaults, but for its measure of the event
// loop's lag. That one wakes an idle process 100 times a second, and takes a rest of 10 ms for a lag of 10 ms. This one
// looks once a second as long as it is scraped, and lets Node.js itself count the time that the loop is busy.
import { performance } from 'node:perf_hooks';
import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/** One wake-up a second, which costs 0.2 ms of CPU whatever it does: more than all else that an idle process needs. */
const LOOK_MS = 1000;
/** After so many looks that no scrape asked for, they end. Prometheus' own default is to scrape once a minute. */
const UNREAD_LOOKS = 150;
/** prom-client starts its monitor in any case: with a month between two looks it never wakes. Longest that Node.js takes. */
const NEVER_MS = 2 ** 31 - 1;

/** How late a timer fired: everything that waits for the loop waits that long. */
export class EventLoopLag {
  latestMs = 0;
  private maxMs = 0;
  private sumMs = 0;
  private looks = 0;

  get isRead(): boolean {
    return this.looks < UNREAD_LOOKS;
  }

  /** A timer that was due after `LOOK_MS` fired after `elapsedMs`. */
  look(elapsedMs: number): void {
    this.latestMs = Math.max(0, elapsedMs - LOOK_MS);
    this.maxMs = Math.max(this.maxMs, this.latestMs);
    this.sumMs += this.latestMs;
    this.looks += 1;
  }

  /** The greatest and the mean lag since the last call; without a look in between, the latest lag stands for both. */
  take(): { readonly maxMs: number; readonly meanMs: number } {
    const { maxMs, sumMs, looks, latestMs } = this;
    this.maxMs = this.sumMs = this.looks = 0;
    return looks === 0 ? { maxMs: latestMs, meanMs: latestMs } : { maxMs, meanMs: sumMs / looks };
  }
}

/** Adds them to `registry`. The timer that looks at the loop keeps no process alive. */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  for (const { name } of registry.getMetricsAsArray()) {
    if (name.startsWith('nodejs_eventloop_lag')) registry.removeSingleMetric(name);
  }
  registerEventLoop(registry, new LagWatch());
}

/** Begins with the first scrape, and rests when no more come. */
class LagWatch {
  private lag: EventLoopLag | undefined;

  scraped(): EventLoopLag {
    this.lag ??= this.begin();
    return this.lag;
  }

  private begin(): EventLoopLag {
    const lag = new EventLoopLag();
    const lookLater = () => {
      const before = performance.now();
      setTimeout(() => {
        lag.look(performance.now() - before);
        if (lag.isRead) lookLater();
        else this.lag = undefined;
      }, LOOK_MS).unref();
    };
    lookLater();
    return lag;
  }
}

function registerEventLoop(registry: Registry, watch: LagWatch): void {
  const registers = [registry];
  new Gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'How late a timer fired at the last check of the event loop, once a second since the first scrape.',
    registers,
    collect() {
      const lag = watch.scraped();
      const { maxMs, meanMs } = lag.take();
      this.set(lag.latestMs / 1000);
      max.set(maxMs / 1000);
      mean.set(meanMs / 1000);
    },
  });
  const max = new Gauge({
    name: 'nodejs_eventloop_lag_max_seconds',
    help: 'The greatest lag since the last scrape.',
    registers,
  });
  const mean = new Gauge({
    name: 'nodejs_eventloop_lag_mean_seconds',
    help: 'The mean lag since the last scrape.',
    registers,
  });
  new Counter({
    name: 'nodejs_eventloop_busy_seconds_total',
    help: 'Time that the event loop was not waiting for work; its rate is 1 when it never waits.',
    registers,
    collect() {
      this.reset();
      this.inc(performance.eventLoopUtilization().active / 1000);
    },
  });
}
