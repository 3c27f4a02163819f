// The ledger: one line of JSON per call, for programs that check what the summary says. Loses nothing unless it says so.
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { StartError } from '../runtime/errors';
import type { CallRecord, StreamPlace } from './outcome';

export class Ledger {
  #failure: Error | undefined;
  #drained: Promise<void> | undefined;

  private constructor(
    private readonly name: string,
    private readonly stream: Writable,
    onFailure: (error: Error) => void,
  ) {
    stream.on('error', (cause) => {
      if (this.#failure !== undefined) return;
      this.#failure = new Error(`ledger ${name} is incomplete`, { cause });
      onFailure(this.#failure);
    });
  }

  /**
   * Begins a new ledger in file `target`, or on `standardOutput` if it is `-`.
   * @param onFailure told once when a line could not be written; none is from then on
   * @throws StartError when the file cannot be opened
   */
  static async open(target: string, standardOutput: Writable, onFailure: (error: Error) => void): Promise<Ledger> {
    if (target === '-') return new Ledger('-', standardOutput, onFailure);
    const stream = createWriteStream(target);
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve());
      stream.once('error', (cause: NodeJS.ErrnoException) => {
        reject(new StartError(`cannot write the ledger ${target}: ${cause.code ?? cause.message}`, { cause }));
      });
    });
    stream.removeAllListeners('error');
    return new Ledger(target, stream, onFailure);
  }

  /** Adds a line. Returns a promise when so much is unwritten that the caller should wait before it makes more. */
  write(record: CallRecord & Partial<StreamPlace>): Promise<void> | undefined {
    if (this.#failure !== undefined) return undefined;
    const { seq, intendedMs, sentMs, latencyMs, code, pod, via, attempts, neverSent, stream, opening } = record;
    const line = {
      seq,
      intendedMs: toMicroseconds(intendedMs),
      sentMs: toMicroseconds(sentMs),
      latencyMs: toMicroseconds(latencyMs),
      code,
      pod,
      via,
      attempts,
      // JSON leaves out what is undefined.
      neverSent,
      stream,
      opening,
    };
    if (this.stream.write(`${JSON.stringify(line)}\n`)) return undefined;
    this.#drained ??= new Promise((resolve) => {
      const onDrained = () => {
        this.#drained = undefined;
        this.stream.off('drain', onDrained).off('close', onDrained).off('error', onDrained);
        resolve();
      };
      this.stream.on('drain', onDrained).on('close', onDrained).on('error', onDrained);
    });
    return this.#drained;
  }

  /**
   * Writes what is left, until `giveUp` resolves.
   * @throws Error when lines were lost
   */
  async close(giveUp: Promise<void>): Promise<void> {
    // Not stream.writableFinished: process.stdout resets it once it has ended.
    const isWritten = new Promise<boolean>((resolve) => {
      if (this.#failure !== undefined) return resolve(false);
      this.stream.once('error', () => resolve(false));
      this.stream.end(() => resolve(this.#failure === undefined));
    });
    const isComplete = await Promise.race([isWritten, giveUp.then(() => false)]);
    if (this.#failure !== undefined) throw this.#failure;
    if (!isComplete) throw new Error(`ledger ${this.name} is incomplete: its last lines went unread`);
  }
}

/** Whether a ledger failed because the other end of its pipe was closed. */
export function isReaderGone({ cause }: Error): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'EPIPE';
}

function toMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
