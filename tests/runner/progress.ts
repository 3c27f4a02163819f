// Tells how far a long run is: what it has to do, how long that usually takes, then a line per part that is done. Lines only,
// since the reader may be a file or another program.

export interface ProgressOptions {
  readonly write: (line: string) => void;
  /** ms of any clock that never goes back. */
  readonly now: () => number;
  /** How many parts there are, and what one is called: `test files`. */
  readonly total: number;
  readonly parts: string;
  /** How long all of them take; undefined where that cannot be said. */
  readonly seconds: number | undefined;
  /** What that number is of: `with two cores`. */
  readonly where: string;
}

/** Below that, a run is over before anyone asks. */
const LONG_SECONDS = 60;

export class Progress {
  readonly #options: ProgressOptions;
  readonly #startedMs: number;
  #done = 0;
  #failed = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#startedMs = options.now();
    const { write, total, parts, seconds = 0, where } = options;
    const time = seconds < LONG_SECONDS ? '' : `, about ${Math.round(seconds / 60)} min ${where}`;
    write(`${total} ${parts}${time}\n`);
  }

  /** One part is done. @param what it has to say: its name, how long it took */
  done(what: string, isFailed: boolean): void {
    const { write, now, total } = this.#options;
    this.#done += 1;
    if (isFailed) this.#failed += 1;
    const place = `[${String(this.#done).padStart(String(total).length)} of ${total}, ${elapsed(now() - this.#startedMs)}`;
    write(`${place}${this.#failed === 0 ? '' : `, ${this.#failed} failed`}] ${what}${isFailed ? ': FAILED' : ''}\n`);
  }
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
