// A local system for tests: as the lab's runner would start it, with a run folder that goes away.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Call } from '../../../lab/records/call';
import { readCalls } from '../../../lab/records/calls-file';
import { parseEvent, type RunEvent } from '../../../lab/records/event';
import { createRecorder } from '../../../lab/records/recorder';
import { seededRandom } from '../../../lab/statistics/seeded-random';
import { createLocalSystem } from '../../../lab/system/local/local-system';
import type { System } from '../../../lab/system/system';
import type { SystemChange } from '../../../lab/system/system-change';
import type { PreparedBackend } from '../../../lab/system/system-factory';
import { ROOT } from './local-stack';

export interface RecordedSystem {
  readonly system: System;
  /** What was recorded so far. */
  readonly events: readonly RunEvent[];
  /** The run's folder. */
  readonly folder: string;
  /** What the backend does not have. */
  readonly missing: PreparedBackend['missing'];
}

export interface Recorded {
  readonly calls: readonly Call[];
  /** As they were read back from the file. */
  readonly events: readonly RunEvent[];
}

/** Runs `body` with a system on a network of its own, closes it, and returns what was recorded. */
export async function withSystem(
  network: string,
  body: (recorded: RecordedSystem) => Promise<void>,
  change?: SystemChange,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Recorded> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lab-system-'));
  try {
    const prepared = await createLocalSystem({
      machine: {
        env,
        platform: process.platform,
        pid: process.pid,
        nodePath: process.execPath,
        root: ROOT,
        isAlive: () => true,
      },
      network,
      say: () => {},
      signal: new AbortController().signal,
    });
    const events: RunEvent[] = [];
    const recorder = createRecorder({ folder, now: Date.now, onEvent: (event) => events.push(event) });
    const system = await prepared.start({ folder, recorder, change, random: seededRandom(1) });
    try {
      await body({ system, events, folder, missing: prepared.missing });
    } finally {
      await system.close();
      await recorder.close();
    }
    const lines = (await readFile(path.join(folder, 'events.ndjson'), 'utf8')).trim().split('\n');
    return {
      calls: await readCalls(path.join(folder, 'calls.ndjson')),
      events: lines.map((line, index) => parseEvent(line, `event ${index + 1}`)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
