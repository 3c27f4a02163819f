// calls.ndjson: written ledger by ledger as loads end, read back in the order in which the calls were sent.
import { bySending, type Call, CallParser } from './call';
import { forEachLine, lineBatches, openLineWriter } from './lines';

export interface CallsWriter {
  /** Appends every line of the client's ledger in `ledgerFile`, checked, as calls of `load`. Resolves to how many. */
  addLedger(load: string, ledgerFile: string): Promise<number>;
  close(): Promise<void>;
}

/** @param file is appended to, and made if it does not exist. */
export function openCallsWriter(file: string): CallsWriter {
  const writer = openLineWriter(file);
  const parser = new CallParser();
  return {
    addLedger: async (load, ledgerFile) => {
      let calls = 0;
      for await (const { lines, firstLine } of lineBatches(ledgerFile)) {
        for (const [index, line] of lines.entries()) {
          await writer.write({ load, ...parser.parseLedgerLine(line, `${ledgerFile} line ${firstLine + index}`) });
          calls += 1;
        }
      }
      return calls;
    },
    close: () => writer.close(),
  };
}

/** All calls of a run, in the order in which they were sent. @throws RecordError at the first bad line. */
export async function readCalls(file: string): Promise<readonly Call[]> {
  const parser = new CallParser();
  const calls: Call[] = [];
  await forEachLine(file, (line, lineNumber) => {
    calls.push(parser.parse(line, `${file} line ${lineNumber}`));
  });
  return calls.sort(bySending);
}
