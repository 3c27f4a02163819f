// Writes the records of a run while it happens. Drivers record what they do and see, experiments record phases and notes.
import * as path from 'node:path';
import { openCallsWriter } from './calls-file';
import type { EventDetails, EventKind, RunEvent } from './event';
import { openEventsWriter } from './events-file';
import { RUN_FILES } from './run-folder';

export interface Recorder {
  /** Records that something happened now, or at `atMs` (ms since the epoch) if a watcher knows better. */
  event<K extends EventKind>(kind: K, what?: EventWhat<K>): void;
  /** A part of the experiment begins, and ends where the next one does. */
  phase(name: string): void;
  note(text: string): void;
  /** Appends a client's ledger as calls of `load`, and records `load-stop`. Resolves to how many calls it has. */
  addLedger(load: string, ledgerFile: string): Promise<number>;
  /** Resolves when all is on disk. @throws Error when anything could not be written. */
  close(): Promise<void>;
}

export interface EventWhat<K extends EventKind> {
  readonly subject?: string;
  readonly detail?: EventDetails[K];
  readonly atMs?: number;
}

export interface RecorderOptions {
  /** The run's folder. */
  readonly folder: string;
  /** ms since the epoch. */
  readonly now: () => number;
  /** Told of each event as it is recorded; for a progress display. */
  readonly onEvent?: (event: RunEvent) => void;
}

export function createRecorder({ folder, now, onEvent }: RecorderOptions): Recorder {
  const calls = openCallsWriter(path.join(folder, RUN_FILES.calls));
  const events = openEventsWriter(path.join(folder, RUN_FILES.events));
  let failure: Error | undefined;
  // Ledgers of loads that end together are written one after the other.
  let ledgers: Promise<unknown> = Promise.resolve();

  const recorder: Recorder = {
    event: (kind, { subject, detail, atMs = now() } = {}) => {
      const event = {
        atMs,
        kind,
        ...(subject !== undefined && { subject }),
        ...(detail !== undefined && { detail }),
      } as RunEvent;
      events.write(event).catch((cause: Error) => {
        failure ??= cause;
      });
      onEvent?.(event);
    },
    phase: (name) => recorder.event('phase', { subject: name }),
    note: (text) => recorder.event('note', { detail: { text } }),
    addLedger: (load, ledgerFile) => {
      const added = ledgers.then(() => calls.addLedger(load, ledgerFile));
      ledgers = added.catch(() => undefined);
      return added.then((count) => {
        recorder.event('load-stop', { subject: load, detail: { calls: count } });
        return count;
      });
    },
    close: async () => {
      await ledgers;
      await Promise.all([calls.close(), events.close()]);
      if (failure !== undefined) throw failure;
    },
  };
  return recorder;
}
