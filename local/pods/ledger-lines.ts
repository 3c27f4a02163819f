// Reads the client's ledger back: one line of JSON per call.
import type { CallRecord } from '../../client/outcome';
import { jsonObject } from '../../command-line/json-object';

/** A call as the ledger has it: everything but the words of the answer. */
export type LedgerEntry = Omit<CallRecord, 'text'>;

type Required = Exclude<keyof LedgerEntry, 'neverSent'>;

const FIELDS: Readonly<Record<Required, 'number' | 'string'>> = {
  seq: 'number',
  intendedMs: 'number',
  sentMs: 'number',
  latencyMs: 'number',
  code: 'string',
  pod: 'string',
  via: 'string',
  attempts: 'number',
};

/** The entry in `line`, or undefined when it is no line of a ledger. */
export function parseLedgerLine(line: string): LedgerEntry | undefined {
  const entry = jsonObject(line);
  const isEntry = Object.entries(FIELDS).every(([name, type]) => typeof entry?.[name] === type);
  return isEntry ? (entry as unknown as LedgerEntry) : undefined;
}
