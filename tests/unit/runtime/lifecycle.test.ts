import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ConfigError, StartError } from '../../../runtime/errors';
import {
  aborted,
  delay,
  type ProcessLike,
  type RunningService,
  runService,
  type ServiceSpec,
} from '../../../runtime/lifecycle';

const SILENT = { podName: 'pod-1', logLevel: 'silent' } as const;
type Spec = ServiceSpec<typeof SILENT>;

class FakeProcess extends EventEmitter {
  readonly env = {};
  readonly exitCodes: number[] = [];
  written = '';
  readonly stderr = {
    write: (text: string) => {
      this.written += text;
    },
  };
  exit(code: number) {
    this.exitCodes.push(code);
  }
}

/** Runs a service with parts replaced by `over`; `started` resolves once signals would be heard. */
function run(over: Partial<Spec> = {}) {
  const proc = new FakeProcess();
  const spec = { name: 'svc', loadConfig: () => SILENT, start: async () => serviceThat(async () => {}), ...over };
  const done = runService(proc as unknown as ProcessLike, spec);
  return { proc, done };
}

function serviceThat(stop: RunningService['stop'], finished?: Promise<void>): RunningService {
  return finished ? { stop, finished } : { stop };
}

/** A service that counts how often it was stopped. */
function runCountingStops() {
  let stops = 0;
  const start = async () =>
    serviceThat(async () => {
      stops += 1;
    });
  return { ...run({ start }), stops: () => stops };
}

describe('runService()', () => {
  it('prints each problem of the settings on a line of standard error and exits 2', async () => {
    const loadConfig = () => {
      throw new ConfigError(['A: wrong', 'B: wrong too']);
    };
    const { proc, done } = run({ loadConfig });
    await done;
    assert.deepEqual([proc.exitCodes, proc.written], [[2], 'svc: A: wrong\nsvc: B: wrong too\n']);
  });

  for (const error of [new StartError('port taken'), new Error('bug')]) {
    it(`exits 1 when start throws a ${error.constructor.name}`, async () => {
      const { proc, done } = run({ start: () => Promise.reject(error) });
      await done;
      assert.deepEqual(proc.exitCodes, [1]);
    });
  }

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    it(`stops at ${signal} and exits 0`, async () => {
      const { proc, done, stops } = runCountingStops();
      await setImmediate();
      assert.equal(stops(), 0);
      proc.emit(signal, signal);
      await done;
      assert.deepEqual([stops(), proc.exitCodes], [1, [0]]);
    });
  }

  it('stops right after the start when a signal came during it', async () => {
    let release: (service: RunningService) => void = () => {};
    const { proc, done } = run({ start: () => new Promise((resolve) => (release = resolve)) });
    proc.emit('SIGTERM', 'SIGTERM');
    await setImmediate();
    assert.deepEqual(proc.exitCodes, []);
    release(serviceThat(async () => {}));
    await done;
    assert.deepEqual(proc.exitCodes, [0]);
  });

  it('aborts `hurry` at a second signal and exits 1', async () => {
    const { proc, done } = run({ start: async () => serviceThat((hurry) => aborted(hurry)) });
    await setImmediate();
    proc.emit('SIGTERM', 'SIGTERM');
    await setImmediate();
    assert.deepEqual(proc.exitCodes, []);
    proc.emit('SIGINT', 'SIGINT');
    await done;
    assert.deepEqual(proc.exitCodes, [1]);
  });

  it('stops and exits 0 when the service has finished', async () => {
    const { proc, done } = run({ start: async () => serviceThat(async () => {}, Promise.resolve()) });
    await done;
    assert.deepEqual(proc.exitCodes, [0]);
  });

  for (const event of ['uncaughtException', 'unhandledRejection']) {
    it(`stops in order at an ${event} and exits 1`, async () => {
      const { proc, done, stops } = runCountingStops();
      await setImmediate();
      proc.emit(event, new Error('bug'));
      await done;
      assert.deepEqual([stops(), proc.exitCodes], [1, [1]]);
    });
  }

  it('exits 1 when it crashes while it stops', async () => {
    const { proc, done } = run({
      start: async () =>
        serviceThat(async () => {
          proc.emit('uncaughtException', new Error('bug'));
        }),
    });
    await setImmediate();
    proc.emit('SIGTERM', 'SIGTERM');
    await done;
    assert.deepEqual(proc.exitCodes, [1]);
  });

  it('exits 1 when the stop fails', async () => {
    const { proc, done } = run({ start: async () => serviceThat(() => Promise.reject(new Error('stuck'))) });
    await setImmediate();
    proc.emit('SIGTERM', 'SIGTERM');
    await done;
    assert.deepEqual(proc.exitCodes, [1]);
  });
});

describe('delay()', () => {
  const HOUR_MS = 3_600_000;

  it('resolves after its time', async () => {
    const startedMs = performance.now();
    await delay(20, new AbortController().signal);
    assert(performance.now() - startedMs >= 19);
  });

  it('resolves at once when the signal aborts, or has aborted', async () => {
    const hurry = new AbortController();
    const waiting = delay(HOUR_MS, hurry.signal);
    hurry.abort();
    await waiting;
    await delay(HOUR_MS, hurry.signal);
  });
});
