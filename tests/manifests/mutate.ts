// `npm run mutate:manifests`: breaks each arrow and promise of the YAML in a copy (mutations.yaml) and runs the tests of
// this folder against it. Passes only if every breakage makes at least one of them fail, and prints which.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import { Progress } from '../runner/progress';
import { FOLDERS, ROOT } from '../support/read-manifests';

/** The checksum test notices every edit of a ConfigMap; a breakage has to be noticed for what it is. */
const CHECKSUM_TEST = 'rolls when a ConfigMap that it reads changes';

interface Mutation {
  /** The edge of the picture (E1-E12), or the promise that it breaks. */
  readonly breaks: string;
  readonly what: string;
  readonly file: string;
  /** Must be there exactly once. */
  readonly from: string;
  readonly to: string;
}

interface Verdict {
  readonly mutation: Mutation;
  readonly failed: readonly string[];
}

const USAGE = `Usage: npm run mutate:manifests [-- WORD…]

Breaks each arrow and promise of the YAML in a copy and runs the tests of the manifests against it.

  WORD      only the breakages that have it in their edge, file or description

Examples:
  npm run mutate:manifests
  npm run mutate:manifests -- E12
  npm run mutate:manifests -- breakers 'budget of three retries'

Exit code: 0 every breakage was noticed, 1 one was not or something failed, 2 called wrongly.
`;

async function main(words: readonly string[]): Promise<void> {
  if (words.includes('--help')) return void process.stdout.write(USAGE);
  const mutations = (await readMutations()).filter(
    ({ breaks, what, file }) => words.length === 0 || words.some((word) => `${breaks} ${file} ${what}`.includes(word)),
  );
  if (mutations.length === 0) {
    process.stderr.write(
      `${words.join(' ')}: expected words of mutations.yaml, found no breakage that has them\n\n${USAGE}`,
    );
    process.exitCode = 2;
    return;
  }
  const write = (line: string) => void process.stderr.write(line);
  write('first the tests on the YAML as it is\n');
  const startedMs = performance.now();
  const untouched = await runTests(ROOT);
  const onceSeconds = (performance.now() - startedMs) / 1000;
  if (untouched.length > 0) throw new Error(`the tests must pass before anything is broken: ${untouched.join('; ')}`);
  const workers = availableParallelism();
  const progress = new Progress({
    write,
    now: () => performance.now(),
    total: mutations.length,
    parts: 'breakages',
    seconds: (mutations.length * onceSeconds) / workers,
    where: 'here',
  });
  const verdicts: Verdict[] = [];
  const waiting = [...mutations];
  const worker = async () => {
    for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
      const verdict = await tryMutation(mutation);
      verdicts.push(verdict);
      progress.done(`${mutation.breaks} ${mutation.file}: ${mutation.what}`, verdict.failed.length === 0);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  report(verdicts.sort((a, b) => mutations.indexOf(a.mutation) - mutations.indexOf(b.mutation)));
}

async function readMutations(): Promise<readonly Mutation[]> {
  const lines = parse(await readFile(path.join(__dirname, 'mutations.yaml'), 'utf8')) as [string, ...string[]][];
  return lines.map(([breaks, what = '', file = '', from = '', to = '']) => ({ breaks, what, file, from, to }));
}

async function tryMutation(mutation: Mutation): Promise<Verdict> {
  const copy = await mkdtemp(path.join(tmpdir(), 'mutated-manifests-'));
  try {
    for (const folder of FOLDERS) await cp(path.join(ROOT, folder), path.join(copy, folder), { recursive: true });
    const file = path.join(copy, mutation.file);
    const text = await readFile(file, 'utf8');
    const parts = text.split(mutation.from);
    if (parts.length !== 2) {
      throw new Error(
        `${mutation.file}: expected ${JSON.stringify(mutation.from)} once, found it ${parts.length - 1} times`,
      );
    }
    await writeFile(file, parts.join(mutation.to));
    const failed = await runTests(copy);
    return {
      mutation,
      failed: mutation.breaks === 'roll' ? failed : failed.filter((name) => !name.includes(CHECKSUM_TEST)),
    };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** The names of the tests that fail against the YAML in `root`; all files in one process, which takes seconds less. */
async function runTests(root: string): Promise<readonly string[]> {
  const files = (await readdir(__dirname)).filter((name) => name.endsWith('.test.ts')).sort();
  const required = files.flatMap((name) => ['--require', path.join(__dirname, name)]);
  const args = [
    '--require',
    require.resolve('../support/typescript.cjs'),
    ...required,
    '--test-reporter=tap',
    '--eval',
    '',
  ];
  const env = { ...process.env, MANIFESTS_ROOT: root, NODE_TEST_CONTEXT: '' };
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') return reject(error);
      if (error === null || /^# tests \d/m.test(stdout)) return resolve(stdout);
      // A file that throws while it is read counts as a failed test, named by its message.
      const message = /^\w*Error: .*$/m.exec(stderr)?.[0] ?? `exit code ${error.code}`;
      resolve(`not ok 1 - ${message}`);
    });
  });
  const names = [...output.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, name = '']) => name);
  // A suite fails with its tests and comes after them; its name alone would say less.
  const suites = [...output.matchAll(/^ *not ok \d+ - (.*)\n(?:.*\n){1,6}? *type: 'suite'/gm)].map(([, name]) => name);
  return names.filter((name) => !suites.includes(name));
}

function report(verdicts: readonly Verdict[]): void {
  const survived = verdicts.filter(({ failed }) => failed.length === 0);
  const widths = { breaks: 9, file: 50, what: 44 };
  for (const { mutation, failed } of verdicts) {
    const [first = 'NOTHING FAILED', ...others] = failed;
    const caught = others.length === 0 ? first : `${first} (+${others.length})`;
    const { breaks, file, what } = mutation;
    process.stdout.write(
      `${breaks.padEnd(widths.breaks)}${file.padEnd(widths.file)}${what.padEnd(widths.what)}${caught}\n`,
    );
  }
  process.stdout.write(`${verdicts.length - survived.length} of ${verdicts.length} breakages noticed\n`);
  if (survived.length > 0) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`mutate.ts: ${error.message}\n`);
  process.exitCode = 1;
});
