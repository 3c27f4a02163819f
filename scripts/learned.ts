// The section "What we learned" of README.md: ten sentences whose numbers are cut out of the generated documents, so that
// they cannot say anything else than those do.
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Marks, withPart } from './marked-part';

const ROOT = path.resolve(__dirname, '..');
const MARKS: Marks = {
  begin: '<!-- learned: written by `npm run learned` from the documents that it links -->',
  end: '<!-- end of learned -->',
};

/** Reads a document below `docs/`. */
export type ReadPage = (name: string) => string;
/** Cuts one cell out of the row that holds `row`: `local` or `cluster`, or any other heading of its table. */
type Cell = (row: string, column: string) => string;

interface Lesson {
  readonly page: string;
  /** The heading of the page's part, as its anchor is written. */
  readonly part: string;
  /** Markdown with its numbers. */
  readonly text: (cell: Cell) => string;
}

const measured = (cell: string) => cell.replace(/<br>.*/, '');
const within = (cell: string, pattern: RegExp): string => {
  const found = pattern.exec(cell)?.[1];
  if (found === undefined) throw new Error(`learned: expected ${pattern} in a cell, got "${cell}"`);
  return found;
};
const lost = (cell: string) => `**${within(cell, /^([\d,]+) calls?/)} of ${within(cell, /of ([\d,]+)/)} calls**`;

const LESSONS: readonly Lesson[] = [
  {
    page: 'experiments.md',
    part: 'no-balancing',
    text: (cell) => {
      const share = cell('`top-share`', 'cluster');
      return `Without a balancer for calls, one of ${within(share, /of (\d+) pods/)} pods answers **${measured(share)}** of them.`;
    },
  },
  {
    page: 'experiments.md',
    part: 'spread',
    text: (cell) => {
      const apart = cell('`max-minus-min`', 'cluster');
      const calls = Number(within(apart, /(\d+) calls over/)).toLocaleString('en-US');
      return `With Envoy, the busiest and the idlest pod are **${measured(apart)}** apart, of ${calls}.`;
    },
  },
  {
    page: 'experiments.md',
    part: 'client-side',
    text: (cell) => {
      const [idle, proxied] = [cell('`new-pods-idle`', 'cluster'), cell('`through-envoy`', 'cluster')].map(measured);
      return `A client that balances by itself leaves new pods idle for **${idle}** and more; through Envoy it is ${proxied}.`;
    },
  },
  {
    page: 'experiments.md',
    part: 'scale-up',
    text: (cell) => {
      const first = cell('`first-call`', 'cluster');
      return `A new pod has its first call within **${measured(first)}** of being in DNS (95 % of ${within(first, /of (\d+) new pods/)} pods).`;
    },
  },
  {
    page: 'experiments.md',
    part: 'scale-down',
    text: (cell) =>
      `Pods that leave in order cost ${lost(cell('`failed-without-retries`', 'cluster'))}, with every retry switched off.`,
  },
  {
    page: 'experiments.md',
    part: 'crash',
    text: (cell) => {
      const flight = cell('`in-flight`', 'cluster');
      const kills = `${within(flight, /at (\d+) kills/)} kills with ${measured(flight)} or more in flight`;
      return `${kills} cost ${lost(cell('`failed`', 'cluster'))}: idempotent ones are asked again.`;
    },
  },
  {
    page: 'experiments.md',
    part: 'hang',
    text: (cell) =>
      `A pod that hangs gets its last call **${measured(cell('`ejected`', 'cluster'))}** later, and ${lost(cell('`failed`', 'cluster'))} fail.`,
  },
  {
    page: 'experiments.md',
    part: 'slow-pod',
    text: (cell) => {
      const share = cell('`share-least-request`', 'cluster');
      const [least, robin] = [within(share, /<sub>([\d.]+ %)/), within(share, /, ([\d.]+ %) under/)];
      return `Round robin feeds a slow pod its whole share, ${robin}; \`LEAST_REQUEST\` gives it **${least}**.`;
    },
  },
  {
    page: 'performance.md',
    part: 'what-the-hop-costs',
    text: (cell) => {
      const [tutorial, haproxy] = ['Envoy, tutorial', 'HAProxy'].map((row) =>
        within(cell(row, "CPU per call ÷ this project's Envoy"), /^([\d.]+)/),
      );
      return `Of the CPU that a call costs in this Envoy, one with a tutorial's settings takes **${tutorial}**, HAProxy **${haproxy}**.`;
    },
  },
  {
    page: 'clients.md',
    part: 'what-is-lost',
    text: (cell) => {
      const died = (settings: string) => cell(`grpc-go (Go) | ${settings}`, 'Envoys die');
      const [bare, advised] = [died('defaults'), died('advised')].map((text) =>
        text.replaceAll('*', '').replace(/:.*/, ''),
      );
      return `When Envoys die, a Go client as it comes loses **${bare}** calls; with five settings it is ${advised}.`;
    },
  },
];

/** The section's list, one sentence per lesson, each with a link to where its numbers stand. @throws Error naming what is not there */
export function learnedList(
  readPage: ReadPage = (name) => readFileSync(path.join(ROOT, 'docs', name), 'utf8'),
): string {
  return LESSONS.map(({ page, part, text }) => {
    const cell = cellsOf(partOf(readPage(page), part), `${page}#${part}`);
    return `- ${text(cell)} ([${part.replaceAll('-', ' ')}](docs/${page}#${part}))\n`;
  }).join('');
}

/** README.md with the list between its marks. */
export function withLearned(readme: string, list: string): string {
  return withPart(readme, MARKS, list, 'learned', 'README.md');
}

/** From the heading with that anchor to the next one of its level. */
function partOf(page: string, anchor: string): string {
  const parts = page.split(/^(?=## )/m);
  const found = parts.find((part) => /^## (.*)/.exec(part)?.[1]?.toLowerCase().replaceAll(' ', '-') === anchor);
  if (found === undefined) throw new Error(`learned: there is no part "${anchor}"`);
  return found;
}

function cellsOf(part: string, where: string): Cell {
  const lines = part.split('\n');
  return (row, column) => {
    const at = lines.findIndex((line) => line.startsWith(`| ${row} |`));
    // The heading stands above the nearest rule.
    const rule = lines.slice(0, at + 1).findLastIndex((line) => line.startsWith('| ---'));
    const place = splitRow(lines[rule - 1] ?? '').indexOf(column);
    const cell = splitRow(lines[at] ?? '')[place];
    if (cell === undefined) throw new Error(`learned: ${where} has no row "${row}" with a column "${column}"`);
    return cell;
  };
}

function splitRow(line: string): readonly string[] {
  return line
    .replaceAll('\u00a0', ' ')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
