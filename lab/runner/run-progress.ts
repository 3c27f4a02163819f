// What a person sees while experiments run, on standard error: which one, which part of it, and how much time is left.
// On a terminal one line that is drawn again; elsewhere a line per part.
import { formatElapsed } from '../../command-line/duration';
import type { RunEvent } from '../records/event';

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** ms of any clock that never goes back. */
  readonly now: () => number;
  /** What each run is called and expected to take (ms), in order. */
  readonly runs: readonly { readonly name: string; readonly expectedMs: number }[];
}

export interface RunProgress {
  /** The next run begins. */
  begin(): void;
  /** The next run does not take place. */
  skip(): void;
  onEvent(event: RunEvent): void;
  /** A separate line. */
  say(text: string): void;
  /** The run is over. */
  end(): void;
}

const REDRAW_MS = 500;
const CLEAR_LINE = '\r\u001b[K';

export function createRunProgress({ write, isTerminal, now, runs }: ProgressOptions): RunProgress {
  let index = -1;
  let startMs = 0;
  let phase = '';
  let timer: NodeJS.Timeout | undefined;

  function status(): string {
    const run = runs[index];
    if (run === undefined) return '';
    const elapsedMs = now() - startMs;
    const laterMs = runs.slice(index + 1).reduce((sum, { expectedMs }) => sum + expectedMs, 0);
    const leftMs = Math.max(0, run.expectedMs - elapsedMs) + laterMs;
    const left = leftMs > 0 ? `about ${formatElapsed(leftMs)} left` : 'longer than expected';
    const part = phase === '' ? 'starting' : phase;
    return `[${index + 1}/${runs.length}] ${run.name}: ${part}, ${formatElapsed(elapsedMs)}, ${left}`;
  }

  function draw(): void {
    if (isTerminal) write(`${CLEAR_LINE}${status()}`);
    else write(`${status()}\n`);
  }

  return {
    begin: () => {
      index += 1;
      startMs = now();
      phase = '';
      draw();
      if (!isTerminal) return;
      timer = setInterval(draw, REDRAW_MS);
      timer.unref();
    },
    skip: () => {
      index += 1;
    },
    onEvent: ({ kind, subject = '' }) => {
      if (kind !== 'phase') return;
      phase = subject;
      draw();
    },
    say: (text) => {
      write(isTerminal ? `${CLEAR_LINE}${text}\n` : `${text}\n`);
      if (isTerminal && timer !== undefined) draw();
    },
    end: () => {
      clearInterval(timer);
      timer = undefined;
      if (isTerminal) write(CLEAR_LINE);
    },
  };
}
