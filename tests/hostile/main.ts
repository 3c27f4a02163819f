// `npm run test:hostile`: every hostile request of tests/server/attacks/ and many at random, at the server and through the
// real Envoy, beside an honest caller. Prints a table of cases and answers, and what became of processes and honest calls.
import { randomInt } from 'node:crypto';
import { readFlags } from '../../command-line/flags';
import { seededRandom } from '../../lab/statistics/seeded-random';
import { keepCalling } from '../local/support/keep-calling';
import { lookForEnvoy } from '../local/support/one-envoy';
import { allAttacks, openTarget } from '../server/attacks/all';
import { waitFor } from '../support/condition';
import { type Front, holdingsOf, openFronts } from './front';
import { ANY_ANSWER, fuzzedAttack } from './fuzz';

const HELP = `Usage: npm run test:hostile -- [--full] [--seed N]

Sends hostile requests to the server, straight and through Envoy, while an honest caller goes on.
  --full     100,000 requests at random in place of 4,000
  --seed N   0 to 4294967295: repeats the requests of an earlier run

Exit codes: 0 all as it should be, 1 something was not, 2 called wrongly.
What else is hostile is in npm test: client/hostile-server, client/lost-streams, local/greedy-streams, local/limits.
`;

const MAX_SEED = 2 ** 32 - 1;
const IN_FLIGHT = 16;
const GROWTH_MIB = 30;
/** Longer than a connection lives whose peer broke HTTP/2: the server's keepalive finds it dead within 15 s. */
const REST_MS = 30_000;
/** Envoy refuses much that the server would answer, and in its own words. */
const REFUSAL =
  /^(http 4\d\d|http 50[23]|reset |goaway |closed$|response$|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|UNKNOWN|RESOURCE_EXHAUSTED)/;

/** Envoy tidies a path before it looks for its route: normalize_path and merge_slashes. */
const TIDIED = 'path that climbs';

function isEnvoys(name: string, answer: string): boolean {
  return REFUSAL.test(answer) || (name === TIDIED && answer === 'OK');
}

interface Options {
  readonly requests: number;
  readonly seed: number;
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    (args.includes('--help') ? process.stdout : process.stderr).write(options);
    return args.includes('--help') ? 0 : 2;
  }
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say(`seed ${options.seed}`);
  const found = await lookForEnvoy();
  if ('reason' in found) say(`through Envoy: skipped, ${found.reason}`);
  const fronts = await openFronts('envoy' in found ? found.envoy : undefined);
  const problems: string[] = [];
  try {
    for (const front of fronts.all) problems.push(...(await attack(front, options, say)));
  } finally {
    await fronts.close();
  }
  for (const problem of problems) say(`NOT SOUND: ${problem}`);
  if (problems.length === 0) say('sound');
  return problems.length === 0 ? 0 : 1;
}

async function attack(front: Front, { requests, seed }: Options, say: (line: string) => void): Promise<string[]> {
  const problems: string[] = [];
  const target = openTarget(front.port, front.host);
  const honest = keepCalling(`${front.host}:${front.port}`);
  say(`\n| at | case | answer |\n| --- | --- | --- |`);
  for (const each of allAttacks) {
    const answer = await each.run(target);
    const isFine = each.expected.includes(answer) || (front.name === 'Envoy' && isEnvoys(each.name, answer));
    say(`| ${front.name} | ${each.name} | ${answer}${isFine ? '' : ` (expected ${each.expected.join(' or ')})`} |`);
    if (!isFine) problems.push(`${front.name}: ${each.name}: ${answer}`);
  }
  // A process is warm after the first part of them; what it holds then is compared with what it holds in the end.
  const random = seededRandom(seed);
  const counts = new Map<string, number>();
  const send = async (upTo: number, from: number) => {
    let sent = from;
    const loop = async () => {
      while (sent < upTo) {
        sent += 1;
        const number = sent;
        const each = fuzzedAttack(random);
        const answer = await each.run(target);
        const row = `${each.name} | ${answer}`;
        counts.set(row, (counts.get(row) ?? 0) + 1);
        const isAnswer = ANY_ANSWER.test(answer) || /bytes|frame/.test(each.name);
        if (!isAnswer) problems.push(`${front.name}: ${each.name}, request ${number} of seed ${seed}: ${answer}`);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
  };
  const warmUp = Math.ceil(requests / 4);
  await send(warmUp, 0);
  const warm = await Promise.all(front.watched.map(({ pid }) => holdingsOf(pid)));
  await send(requests, warmUp);
  target.close();
  for (const [row, count] of [...counts].sort()) say(`| ${front.name} | ${row}, ${count} times |`);
  await honest.until(20);
  const failures = Object.entries(await honest.stop());
  for (const [how, count] of failures) problems.push(`${front.name}: ${count} honest calls failed: ${how}`);
  for (const [index, { name, pid }] of front.watched.entries()) {
    const before = warm[index];
    const isBack = async () => {
      const now = await holdingsOf(pid);
      return (
        (now !== undefined &&
          before !== undefined &&
          now.residentMiB <= before.residentMiB + GROWTH_MIB &&
          now.descriptors <= before.descriptors) ||
        undefined
      );
    };
    if (process.platform === 'linux') await waitFor('', REST_MS, isBack).catch(() => undefined);
    const now = await holdingsOf(pid);
    const words = `${name}: ${JSON.stringify(before)} when warm, ${JSON.stringify(now)} in the end`;
    say(words);
    if (process.platform === 'linux' && (await isBack()) === undefined) problems.push(`${front.name}: ${words}`);
  }
  for (const complaint of front.complaints())
    problems.push(`${front.name}: the server wrote ${complaint.slice(0, 300)}`);
  return problems;
}

function readOptions(args: readonly string[]): Options | string {
  const problems: string[] = [];
  const table = { full: { type: 'boolean' }, seed: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
  const flags = readFlags(args, table, problems);
  const seed = flags.read('seed', `an integer 0-${MAX_SEED}`, (text) =>
    /^\d{1,10}$/.test(text) && Number(text) <= MAX_SEED ? Number(text) : undefined,
  );
  for (const word of flags.words) problems.push(`${word}: no such argument`);
  if (flags.has('help')) return HELP;
  if (problems.length > 0) return `${problems.join('\n')}\n\n${HELP}`;
  return { requests: flags.has('full') ? 100_000 : 4000, seed: seed ?? randomInt(MAX_SEED) };
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`test:hostile: ${error.message}\n`);
    process.exitCode = 1;
  },
);
