// Reads the client's ledger back: one line of JSON per call.
import type { CallRecord } from '../../client/outcome';

/** A call as the ledger has it: everything but the words of the answer. */
export type LedgerEntry = Omit<CallRecord, 'text'>;

const FIELDS: Readonly<Record<keyof LedgerEntry, 'number' | 'string'>> = {
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
  const entry = parseObject(line);
  const isEntry = Object.entries(FIELDS).every(([name, type]) => typeof entry?.[name] === type);
  return isEntry ? (entry as unknown as LedgerEntry) : undefined;
}

/** The object that `line` is, or undefined when it is none. */
export function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
