// The page about the cost of a call, whole, from a record: the answers first, then the tables, then how it was measured.
import { signInterval } from '../../lab/statistics/sign-interval';
import { FEWEST_ROUNDS } from '../comparison/compare-rows';
import type { BenchRecord, SuiteFacts } from '../records/record';
import { answers } from './answers';
import { capacitySection } from './capacity-section';
import { machineText, methodText } from './method-text';
import { PROXY_NOTES } from './proxy-notes';
import { rowList, suiteTable } from './suite-table';

const TITLES: Readonly<Record<string, { readonly title: string; readonly intro: string }>> = {
  servers: {
    title: 'What the server costs',
    intro:
      'Servers that answer the same request with the same bytes, asked directly. Rows below 1 cost less than bare grpc-js;\n' +
      'the second copy of it shows how far two equal servers differ.',
  },
  paths: {
    title: 'What the hop costs',
    intro:
      "The same calls to the same three servers, without a proxy and through one. CPU time and memory are the proxy's alone;\n" +
      "the latency is the whole call's. A proxy that costs less may do less: see below the tables.",
  },
  settings: {
    title: 'What each setting costs',
    intro:
      "This project's Envoy beside copies of it that lack one thing each. A row below 1 says what that thing costs; within the\n" +
      'noise of the second equal copy it costs nothing that can be measured.',
  },
  growth: {
    title: 'What more pods cost',
    intro:
      'The same calls over more endpoints: one process on many addresses, so only what Envoy does for each endpoint grows:\n' +
      'a health check each half second, an address in each DNS answer, its statistics.',
  },
  nodes: {
    title: 'What the version of Node.js makes of it',
    intro: 'The images have Node 24. All rows are divided by this project on the oldest version.',
  },
  capacity: { title: 'How much one pod carries', intro: '' },
};

/** @param images where the figures are, from the page */
export function performancePage(record: BenchRecord, images: string): string {
  const confidenceOf = (rounds: number) => signInterval(new Array(rounds).fill(1)).confidence;
  return [
    '# What a call costs',
    '',
    '<!-- Written by `npm run bench -- --document` from performance.json beside it; edits here are lost. -->',
    '',
    ...machineText(record),
    '',
    '## In one minute',
    '',
    ...answers(record),
    ...record.suites.flatMap((suite) => ['', ...section(record, suite, images)]),
    '',
    '## How it was measured',
    '',
    ...methodText(record, { fewestRounds: FEWEST_ROUNDS, confidenceOf }),
    '',
  ].join('\n');
}

function section(record: BenchRecord, suite: SuiteFacts, images: string): readonly string[] {
  const { title, intro } = TITLES[suite.id] ?? { title: suite.id, intro: '' };
  if (suite.isLadder) return [`## ${title}`, '', ...capacitySection(record)];
  return [
    `## ${title}`,
    '',
    intro,
    '',
    `![${title}: CPU time per call of each row beside the base](${images}/bench-${suite.id}.svg)`,
    ...suite.loads.flatMap((load) => ['', ...suiteTable(record, suite, load)]),
    '',
    ...rowList(suite),
    ...(suite.id === 'paths' ? ['', ...PROXY_NOTES] : []),
  ];
}
