// Reads the client's ledger back: one line of JSON per call.
import type { LedgerLine } from '../../client/outcome';
import { jsonObject } from '../../runtime/json-object';

type Required = Exclude<keyof LedgerLine, 'neverSent' | 'stream' | 'opening'>;

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

/** The entry in `line`, or undefined when it is not a line of a ledger. */
export function parseLedgerLine(line: string): LedgerLine | undefined {
  const entry = jsonObject(line);
  const isEntry = Object.entries(FIELDS).every(([name, type]) => typeof entry?.[name] === type);
  return isEntry ? (entry as unknown as LedgerLine) : undefined;
}
