// Runs one file in a process of its own, by node:test.
import { run } from 'node:test';

export interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name: string;
    readonly nesting: number;
    readonly message: string;
    readonly skip?: string | boolean;
    readonly details?: {
      readonly type?: string;
      readonly duration_ms?: number;
      readonly error?: { readonly failureType?: string };
    };
  };
}

/** Each run ends with counts of its own, which say nothing about the whole. */
const COUNTS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/** What happens while `file` runs. A process that takes longer than `limitMs` is ended, and counts as a failed test. */
export async function* runFile(file: string, limitMs: number): AsyncGenerator<TestEvent> {
  for await (const event of run({ files: [file], concurrency: 1, timeout: limitMs }) as AsyncIterable<TestEvent>) {
    const { type, data } = event;
    if (type === 'test:summary' || (type === 'test:diagnostic' && data.nesting === 0 && COUNTS.test(data.message)))
      continue;
    yield event;
  }
}
