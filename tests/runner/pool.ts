// Runs jobs beside each other, as many at once as there are slots, and hands on what they tell as if they had run in turn.
import type { Job } from './plan';
import type { TestEvent } from './run-file';

export interface PoolOptions {
  readonly slots: number;
  readonly run: (file: string) => AsyncIterable<TestEvent>;
  /** Gets the events of one job after those of the other, those of the first that has not ended as they come. */
  readonly onEvent: (event: TestEvent) => void;
  readonly onEnd: (file: string, ms: number, isFailed: boolean) => void;
}

interface Told {
  readonly events: TestEvent[];
  hasEnded: boolean;
}

/** Jobs that may not run beside others come last, one by one. */
export async function runPool(jobs: readonly Job[], { slots, run, onEvent, onEnd }: PoolOptions): Promise<void> {
  const told: Told[] = [];
  const handOn = () => {
    for (let first = told[0]; first !== undefined; first = told[0]) {
      for (const event of first.events.splice(0)) onEvent(event);
      if (!first.hasEnded) return;
      told.shift();
    }
  };
  const runJob = async ({ file }: Job) => {
    const own: Told = { events: [], hasEnded: false };
    told.push(own);
    const startedMs = performance.now();
    let isFailed = false;
    for await (const event of run(file)) {
      isFailed ||= event.type === 'test:fail';
      own.events.push(event);
      handOn();
    }
    own.hasEnded = true;
    onEnd(file, performance.now() - startedMs, isFailed);
    handOn();
  };
  const waiting = jobs.filter(({ isAlone }) => !isAlone);
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await runJob(job);
  };
  await Promise.all(Array.from({ length: slots }, worker));
  for (const job of jobs.filter(({ isAlone }) => isAlone)) await runJob(job);
}
