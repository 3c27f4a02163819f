// Files of one JSON value per line, read and written as streams: a run may have millions of calls.
import { createReadStream, createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { jsonObject } from '../../runtime/json-object';
import { RecordError } from './record-error';

const CHUNK_BYTES = 1 << 20;

export interface LineBatch {
  readonly lines: readonly string[];
  /** The number of the first line, counted from 1. */
  readonly firstLine: number;
}

/** The lines of a file without their ends, about a megabyte at a time; a reader that waits holds the file back. */
export async function* lineBatches(file: string): AsyncGenerator<LineBatch> {
  let rest = '';
  let firstLine = 1;
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: CHUNK_BYTES });
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    if (lines.length > 0) yield { lines, firstLine };
    firstLine += lines.length;
  }
  if (rest !== '') yield { lines: [rest], firstLine };
}

/** Hands each line with its number to `take`. */
export async function forEachLine(file: string, take: (line: string, lineNumber: number) => void): Promise<void> {
  for await (const { lines, firstLine } of lineBatches(file)) {
    for (const [index, line] of lines.entries()) take(line, firstLine + index);
  }
}

/** @throws RecordError naming file and line when `line` is not a JSON object. */
export function parseObject(line: string, where: string): Record<string, unknown> {
  const value = jsonObject(line);
  if (value === undefined) throw new RecordError(where, 'a JSON object', line);
  return value;
}

/** Appends lines to a file in the order of the calls; `write` resolves early unless the disk is behind. */
export interface LineWriter {
  write(value: unknown): Promise<void>;
  /** Resolves when everything is in the file. */
  close(): Promise<void>;
}

export function openLineWriter(file: string): LineWriter {
  const stream = createWriteStream(file, { flags: 'a', highWaterMark: CHUNK_BYTES });
  let failure: Error | undefined;
  let drained: Promise<void> | undefined;
  let release = () => {};
  const onReady = () => {
    drained = undefined;
    release();
  };
  stream.on('drain', onReady).on('close', onReady);
  stream.on('error', (cause) => {
    failure ??= new Error(`cannot write ${file}: ${cause.message}`, { cause });
  });
  const throwIfFailed = () => {
    if (failure !== undefined) throw failure;
  };
  return {
    write: async (value) => {
      throwIfFailed();
      if (stream.write(`${JSON.stringify(value)}\n`)) return;
      drained ??= new Promise((resolve) => {
        release = resolve;
      });
      await drained;
      throwIfFailed();
    },
    close: async () => {
      if (failure === undefined) await endOf(stream);
      throwIfFailed();
    },
  };
}

/** Ends a stream; resolves when everything is out, or cannot be any more. */
export function endOf(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.end(() => resolve());
  });
}
