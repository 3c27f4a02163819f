// One call of one load: the client's ledger line and the name of the load it belongs to. A line of calls.ndjson.
import type { LedgerLine } from '../../client/outcome';
import { parseObject } from './lines';
import { RecordError } from './record-error';

export interface Call extends LedgerLine {
  /** Which load generator made it. */
  readonly load: string;
}

/** Turns lines into calls; equal names become one string, so that half a million calls share a handful. */
export class CallParser {
  readonly #names = new Map<string, string>();

  /** @throws RecordError naming `where` when the line is not a call. */
  parse(line: string, where: string): Call {
    const fields = parseObject(line, where);
    return { load: this.#name(fields, 'load', where), ...this.#ledgerLine(fields, where) };
  }

  /** Reads a line of the client's own ledger, which has no `load`. */
  parseLedgerLine(line: string, where: string): LedgerLine {
    return this.#ledgerLine(parseObject(line, where), where);
  }

  #ledgerLine(fields: Record<string, unknown>, where: string): LedgerLine {
    const call = {
      seq: count(fields, 'seq', where),
      intendedMs: finite(fields, 'intendedMs', where),
      sentMs: finite(fields, 'sentMs', where),
      latencyMs: finite(fields, 'latencyMs', where),
      code: this.#name(fields, 'code', where),
      pod: this.#name(fields, 'pod', where),
      via: this.#name(fields, 'via', where),
      attempts: count(fields, 'attempts', where),
    };
    // Most lines have none of these.
    if (fields.stream === undefined && fields.neverSent === undefined) return call;
    return { ...call, ...optionalCounts(fields, where) };
  }

  #name(fields: Record<string, unknown>, field: string, where: string): string {
    const value = fields[field];
    if (typeof value !== 'string') throw new RecordError(where, `${field} to be text`, value);
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    this.#names.set(value, value);
    return value;
  }
}

/** The order in which calls were sent; ties by load and number, so that it never depends on the file. */
export function bySending(left: Call, right: Call): number {
  if (left.sentMs !== right.sentMs) return left.sentMs - right.sentMs;
  if (left.load !== right.load) return left.load < right.load ? -1 : 1;
  return left.seq - right.seq;
}

const OPTIONAL = ['neverSent', 'stream', 'opening'] as const;

function optionalCounts(fields: Record<string, unknown>, where: string): Partial<LedgerLine> {
  const there = OPTIONAL.filter((field) => fields[field] !== undefined);
  return Object.fromEntries(there.map((field) => [field, count(fields, field, where)]));
}

function finite(fields: Record<string, unknown>, field: string, where: string): number {
  const value = fields[field];
  if (typeof value !== 'number') throw new RecordError(where, `${field} to be a number`, value);
  return value;
}

function count(fields: Record<string, unknown>, field: string, where: string): number {
  const value = finite(fields, field, where);
  if (!(Number.isInteger(value) && value >= 0)) throw new RecordError(where, `${field} to be a count`, value);
  return value;
}
