// The page about the cost of a call, whole, from a record: the answers first, then the tables, then how it was measured.
import { signInterval } from '../../lab/statistics/sign-interval';
import { FEWEST_ROUNDS } from '../comparison/compare-rows';
import type { BenchRecord } from '../records/record';
import { answers } from './answers';
import { machineText, methodText } from './method-text';
import { rowList, suiteTable } from './suite-table';

export const SUITE_TITLES: Readonly<Record<string, { readonly title: string; readonly intro: string }>> = {
  servers: {
    title: 'What the server costs',
    intro:
      'Servers that answer the same request with the same bytes, asked directly. Rows below 1 cost less than bare grpc-js. ' +
      'The second copy of it shows how far two equal servers differ.',
  },
};

/** @param images where the figures are, from the page */
export function performancePage(record: BenchRecord, images: string): string {
  const { suites } = record;
  const lines = [
    '# What a call costs',
    '',
    '<!-- Written by `npm run bench -- --document` from docs/performance.json; edits here are lost. -->',
    '',
    ...machineText(record),
    '',
    '## In one minute',
    '',
    ...answers(record),
    ...suites.flatMap((suite) => {
      const { title, intro } = SUITE_TITLES[suite.id] ?? { title: suite.id, intro: '' };
      const figure = `![${title}: CPU time per call beside the base](${images}/bench-${suite.id}.svg)`;
      return [
        '',
        `## ${title}`,
        '',
        intro,
        '',
        figure,
        ...suite.loads.flatMap((load) => ['', ...suiteTable(record, suite, load)]),
        '',
        ...rowList(suite),
      ];
    }),
    '',
    '## How it was measured',
    '',
    ...methodText(record, {
      fewestRounds: FEWEST_ROUNDS,
      confidenceOf: (rounds) => signInterval(new Array(rounds).fill(1)).confidence,
    }),
    '',
  ];
  return lines.join('\n');
}
