// Draws the live table: a view and a size go in, lines come out. Pure; colours are names that the terminal translates.
import { formatElapsed } from '../../command-line/duration';
import type { LiveRow, LiveView } from './live-state';

export type Style = 'plain' | 'strong' | 'dim' | 'good' | 'warn' | 'bad';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

export interface TableSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TableOptions extends TableSize {
  /** What runs, in a few words: `3 servers …`. */
  readonly title: string;
  /** Of the page, if there is one. */
  readonly url?: string | undefined;
  /** Explains the words in place of the Envoys and the events. */
  readonly isHelp?: boolean;
  /** What was done to a server, `hangs` or `slow`; undefined where nothing was. */
  readonly faultOf?: (name: string) => string | undefined;
  /** Whether block characters can be shown. */
  readonly hasBlocks: boolean;
}

const KEYS = '+ add a server  - remove one  k kill  h hang  s slow  r restart all  b without Envoy  ? help  q quit';
const SHORT_KEYS = '+ -  k kill  h hang  s slow  r roll  b bypass  ?  q quit';
const HELP = [
  'state     starting, ready, draining (was asked to end, still answers), unready (fails its probe), killed, gone',
  'calls/s   answers of the last 5 seconds; share is the part of them that this one gave, equal when balanced',
  'p50 p99   half of all answers came faster than p50, 99 of 100 faster than p99',
  'h         a server hangs: it keeps its connections and answers nothing, until h again',
  's         a server takes 200 ms more per answer, until s again',
  'b         the same load on one channel to the servers without Envoy: one server gets every call, until b again',
];
/** Without these the table is not a table: header, title of columns, some rows, keys. */
const MIN_ROWS = 8;
const NUMBER_WIDTH = 10;
const STATE_WIDTH = 10;
/** Below this a bar says nothing. */
const MIN_BAR = 6;
const MAX_BAR = 40;

const STATE_STYLE: Readonly<Record<LiveRow['state'], Style>> = {
  starting: 'warn',
  ready: 'good',
  unready: 'bad',
  draining: 'warn',
  died: 'bad',
  gone: 'dim',
};

export function renderTable(view: LiveView, options: TableOptions): Line[] {
  const { columns, rows } = options;
  const names = [...view.servers, ...view.envoys].map((row) => row.name.length);
  const nameWidth = Math.max(12, ...names) + 1;
  const link: Line[] = options.url === undefined ? [] : [[dim('page '), { text: options.url, style: 'plain' }]];
  const header: Line[] = [[strong(options.title)], ...link, headline(view), []];
  const servers = section('pod', view.servers, { ...options, nameWidth });
  const envoys = section('envoy', view.envoys, { ...options, nameWidth });
  const earlier: Line[] =
    view.earlier.pods === 0
      ? []
      : [
          [
            dim(
              `${'earlier pods'.padEnd(nameWidth)}${String(view.earlier.pods).padEnd(STATE_WIDTH)}${count(view.earlier.calls)}`,
            ),
          ],
        ];
  const events: Line[] = view.events.map(({ atMs, text }) => [dim(`${clock(atMs)}  `), { text, style: 'plain' }]);
  const keys: Line[] = [[], [dim(columns < KEYS.length ? SHORT_KEYS : KEYS)]];

  // Where the screen is low, the servers stay longest.
  const room = Math.max(MIN_ROWS, rows) - header.length - keys.length;
  let body = shorten(servers, room);
  const help = HELP.map((text): Line => [{ text, style: 'plain' }]);
  for (const block of options.isHelp === true ? [[[], ...help]] : [earlier, [[], ...envoys], [[]]]) {
    if (body.length + block.length > room) break;
    body = [...body, ...block];
  }
  if (options.isHelp !== true) body = [...body, ...latest(events, room - body.length)];
  return [...header, ...body, ...keys].slice(0, Math.max(1, rows)).map((line) => cut(line, columns));
}

/** The last `room` of `lines`. */
function latest(lines: readonly Line[], room: number): readonly Line[] {
  return lines.slice(lines.length - Math.min(room, lines.length));
}

/** The first of `lines`, and how many there are more. */
function shorten(lines: readonly Line[], room: number): readonly Line[] {
  if (lines.length <= room) return lines;
  return [...lines.slice(0, room - 1), [dim(`… ${lines.length - room + 1} more`)]];
}

function headline(view: LiveView): Line {
  const parts: readonly Span[] = [
    { text: formatElapsed(view.elapsedMs), style: 'plain' },
    { text: `${view.callsPerSecond.toFixed(1)} calls/s`, style: 'plain' },
    { text: `${view.ok} ok`, style: 'good' },
    { text: `${view.failed} failed`, style: view.failed > 0 ? 'bad' : 'plain' },
    ...(view.latencyMs === undefined
      ? [{ text: 'counted by Envoy', style: 'plain' as const }]
      : [
          { text: `p50 ${view.latencyMs.p50.toFixed(1)} ms`, style: 'plain' as const },
          { text: `p99 ${view.latencyMs.p99.toFixed(1)} ms`, style: 'plain' as const },
        ]),
  ];
  return parts.flatMap((part, at) => (at === 0 ? [part] : [dim('   '), part]));
}

interface SectionOptions extends TableOptions {
  readonly nameWidth: number;
}

function section(
  title: string,
  rows: readonly LiveRow[],
  { columns, nameWidth, hasBlocks, faultOf }: SectionOptions,
): Line[] {
  const shareWidth = 8;
  const barWidth = Math.min(MAX_BAR, columns - nameWidth - STATE_WIDTH - 2 * NUMBER_WIDTH - shareWidth - 2);
  // Even shares fill half of the bar, so that more than an even share has room to show.
  const even = rows.filter((row) => row.state === 'ready').length || 1;
  const full = Math.max(2 / even, ...rows.map((row) => row.share), 0.01);
  const heading =
    title.padEnd(nameWidth) +
    'state'.padEnd(STATE_WIDTH) +
    'calls'.padStart(NUMBER_WIDTH) +
    'calls/s'.padStart(NUMBER_WIDTH) +
    'share'.padStart(shareWidth);
  const lines = rows.map((row): Line => {
    const isOver = row.state === 'gone';
    const fault = isOver || row.state === 'draining' || row.state === 'died' ? undefined : faultOf?.(row.name);
    const numbers =
      count(row.calls).padStart(NUMBER_WIDTH) +
      row.callsPerSecond.toFixed(1).padStart(NUMBER_WIDTH) +
      `${(row.share * 100).toFixed(1)} %`.padStart(shareWidth);
    return [
      { text: row.name.padEnd(nameWidth), style: isOver ? 'dim' : 'plain' },
      { text: (fault ?? row.label).padEnd(STATE_WIDTH), style: fault === undefined ? STATE_STYLE[row.state] : 'warn' },
      { text: numbers, style: isOver ? 'dim' : 'plain' },
      { text: barWidth < MIN_BAR ? '' : `  ${bar((row.share / full) * barWidth, hasBlocks)}`, style: 'good' },
    ];
  });
  return [[dim(heading)], ...lines];
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** `length` may have a fraction; blocks show it in eighths. */
function bar(length: number, hasBlocks: boolean): string {
  if (!hasBlocks) return '#'.repeat(Math.round(length));
  const eighths = Math.round(length * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

/** Shortens a line to `columns` characters. */
function cut(line: Line, columns: number): Line {
  const spans: Span[] = [];
  let left = Math.max(0, columns);
  for (const { text, style } of line) {
    if (left === 0) break;
    spans.push({ text: text.slice(0, left), style });
    left -= Math.min(left, text.length);
  }
  return spans;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Time of day in the zone of the machine. */
function clock(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}

function strong(text: string): Span {
  return { text, style: 'strong' };
}

function dim(text: string): Span {
  return { text, style: 'dim' };
}
