// Sorts the log of a load's pod into its ledger, each line once, and the words of the client. The log is read again from
// its beginning whenever the connection breaks, so lines may come twice; whether one is missing, the client's own summary
// decides.
import { createWriteStream } from 'node:fs';
import { jsonObject } from '../../../runtime/json-object';
import { endOf } from '../../records/lines';

export interface LedgerSink {
  /** Lines of the ledger so far. */
  readonly lines: number;
  /** What the client said of itself at its end: how many calls it made. */
  readonly summaryCalls: number | undefined;
  /** The last words of the client that were none of the ledger's. */
  tail(): string;
  /** Takes a piece of the log; resolves when more may come. */
  take(text: string): Promise<void>;
  /** The log is read from its beginning again. */
  restart(): void;
  /** Everything is in the file. @throws Error when it could not be written */
  close(): Promise<void>;
}

const TAIL_LINES = 4;

/** @param onFirstLine called when the first call has ended */
export function openLedgerSink(file: string, onFirstLine: () => void): LedgerSink {
  const stream = createWriteStream(file);
  let failure: Error | undefined;
  stream.on('error', (cause) => {
    failure ??= new Error(`cannot write the ledger ${file}: ${cause.message}`, { cause });
  });
  const seen = new Set<string>();
  const tail: string[] = [];
  let rest = '';
  let summaryCalls: number | undefined;

  function sort(line: string): string {
    const entry = jsonObject(line);
    if (typeof entry?.seq === 'number' && typeof entry.intendedMs === 'number') {
      const key = typeof entry.stream === 'number' ? `${entry.stream}:${entry.seq}` : String(entry.seq);
      if (seen.has(key)) return '';
      seen.add(key);
      if (seen.size === 1) onFirstLine();
      return `${line}\n`;
    }
    if (entry?.msg === 'summary' && typeof entry.calls === 'number') summaryCalls = entry.calls;
    if (line !== '') tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    return '';
  }

  return {
    get lines() {
      return seen.size;
    },
    get summaryCalls() {
      return summaryCalls;
    },
    tail: () => tail.join('\n'),
    take: async (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      const ledger = lines.map(sort).join('');
      if (ledger === '' || failure !== undefined || stream.write(ledger)) return;
      await new Promise<void>((resolve) => {
        stream.once('drain', resolve);
        stream.once('close', resolve);
      });
    },
    restart: () => {
      rest = '';
    },
    close: async () => {
      if (failure === undefined) await endOf(stream);
      if (failure !== undefined) throw failure;
    },
  };
}
