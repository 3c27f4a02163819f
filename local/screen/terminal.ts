// The screen and the keys of a terminal while the table is shown. Gives the terminal back as it was, whatever happens.
import type { Line, Style, TableSize } from './live-table';

/** The parts of a terminal's input that are used. */
export interface KeyInput {
  setRawMode(isRaw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** The parts of a terminal's output that are used. */
export interface ScreenOutput {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

export interface TerminalOptions {
  readonly input: KeyInput;
  readonly output: ScreenOutput;
  readonly hasColours: boolean;
  /** Called with each key: a character, or `ctrl-c`. */
  readonly onKey: (key: string) => void;
  /** Called when the size has changed; what was drawn is gone. */
  readonly onResize: () => void;
}

export interface Terminal {
  readonly size: TableSize;
  /** Shows `lines` from the top; only what differs from last time is written. */
  draw(lines: readonly Line[]): void;
  /** Gives the screen, the cursor and the keys back. */
  close(): void;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const ESCAPE = '\u001b';
const ENTER_SCREEN = `${ESCAPE}[?1049h${ESCAPE}[?25l${ESCAPE}[2J`;
/** Gives screen and cursor back. `close` writes it, and so must code that ends the process before. */
export const LEAVE_SCREEN = `${ESCAPE}[0m${ESCAPE}[?25h${ESCAPE}[?1049l`;
/** Where the output does not know its size. */
const FALLBACK: TableSize = { columns: 80, rows: 24 };

const CODES: Readonly<Record<Style, string>> = { plain: '', strong: '1', dim: '2', good: '32', warn: '33', bad: '31' };

export function openTerminal({ input, output, hasColours, onKey, onResize }: TerminalOptions): Terminal {
  let shown: string[] = [];
  let isOpen = true;

  const readKeys = (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    // Arrow keys and the like arrive as one chunk that begins with Escape; none has a meaning here.
    if (text.startsWith(ESCAPE)) return;
    for (const key of text) onKey(key === CTRL_C || key === CTRL_D ? 'ctrl-c' : key);
  };
  const redraw = () => {
    shown = [];
    output.write(`${ESCAPE}[2J`);
    onResize();
  };
  input.setRawMode(true);
  input.on('data', readKeys);
  input.resume();
  output.on('resize', redraw);
  output.write(ENTER_SCREEN);

  return {
    get size() {
      return { columns: output.columns || FALLBACK.columns, rows: output.rows || FALLBACK.rows };
    },
    draw: (lines) => {
      if (!isOpen) return;
      const next = lines.map((line) => line.map((span) => paint(span.text, span.style, hasColours)).join(''));
      let changes = '';
      for (let row = 0; row < Math.max(next.length, shown.length); row++) {
        if (next[row] !== shown[row]) changes += `${ESCAPE}[${row + 1};1H${next[row] ?? ''}${ESCAPE}[K`;
      }
      shown = next;
      if (changes !== '') output.write(changes);
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      output.off('resize', redraw);
      input.off('data', readKeys);
      output.write(LEAVE_SCREEN);
      input.setRawMode(false);
      input.pause();
    },
  };
}

export function paint(text: string, style: Style, hasColours: boolean): string {
  const code = CODES[style];
  return hasColours && code !== '' && text !== '' ? `${ESCAPE}[${code}m${text}${ESCAPE}[0m` : text;
}

/** Whether the terminal shows characters beyond ASCII. */
export function showsUnicode(env: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
}
