// docs/clients.md: the words of clients/page.md, with settings as code from the very files that were measured, versions
// from the files that pin them, and numbers from clients/measured.json.
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { libraryVersion } from '../local/programs/find-program';
import { PROGRAMS, programNamed } from '../local/programs/programs';
import { COLUMNS, type Measured, type MeasuredClient, type MeasuredRun } from './clients-measured';

const ROOT = path.resolve(__dirname, '..');
export const MEASURED_FILE = 'clients/measured.json';
const TEMPLATE = 'clients/page.md';
const LANGUAGES: Readonly<Record<string, string>> = { '.go': 'go', '.py': 'python', '.js': 'js' };
/** `{{code clients/grpc-go/advised.go}}` */
const WORD = /^\{\{([a-z]+)(?: ([^}]+))?\}\}$/gm;

/** The whole page; tests/unit/docs/clients.test.ts compares it with the file. @throws Error for a word that is not known */
export function clientsPage(): string {
  const measured = JSON.parse(readFileSync(path.join(ROOT, MEASURED_FILE), 'utf8')) as Measured;
  const words: Readonly<Record<string, (argument: string) => string>> = {
    code: codeOf,
    versions: versionsTable,
    measured: () => measuredTables(measured),
  };
  return readFileSync(path.join(ROOT, TEMPLATE), 'utf8').replace(WORD, (_, word: string, argument = '') => {
    const write = words[word];
    if (write === undefined) throw new Error(`${TEMPLATE}: expected ${Object.keys(words).join(', ')}, got "${word}"`);
    return write(argument);
  });
}

function codeOf(file: string): string {
  const text = readFileSync(path.join(ROOT, file), 'utf8').trimEnd();
  return [`[\`${file}\`](../${file}):`, '', `\`\`\`${LANGUAGES[path.extname(file)] ?? ''}`, text, '```'].join('\n');
}

function versionsTable(): string {
  const rows = PROGRAMS.map((program) => {
    const { kind, name, language, pin } = program;
    return `| ${kind} [\`${name}\`](../${kind}s/${name}) | ${language} | ${pin.library} ${libraryVersion(program, ROOT)} |`;
  });
  return ['| program | language | gRPC library |', '| --- | --- | --- |', ...rows].join('\n');
}

const TITLES: Readonly<Record<(typeof COLUMNS)[number], string>> = {
  steady: 'connections end',
  'envoys-leave': 'Envoys leave',
  'envoys-die': 'Envoys die',
  'envoy-hangs': 'an Envoy hangs',
  'servers-leave': 'servers leave',
  'servers-die': 'servers die',
};

function measuredTables({ runs }: Measured): string {
  const [newest] = runs;
  if (newest === undefined)
    throw new Error(`${MEASURED_FILE}: expected a run; npm run clients:page -- FOLDER writes it`);
  return [
    ...runTable(newest),
    '',
    describeRun(newest),
    '',
    '| client | settings | first call through a new Envoy | its share at the end |',
    '| --- | --- | --- | --- |',
    ...newest.clients.map(
      ({ client, settings, newEnvoyS, newEnvoyShare }) =>
        `| ${nameOf(client)} | ${settings} | ${newEnvoyS === null ? 'never' : `${newEnvoyS} s`} | ${Math.round(newEnvoyShare * 100)} % |`,
    ),
    ...(runs.length === 1 ? [] : ['', earlierRuns(runs)]),
  ].join('\n');
}

function runTable({ clients }: MeasuredRun): string[] {
  const head = ['client', 'settings', ...COLUMNS.map((phase) => TITLES[phase])];
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...clients.map((each) => {
      const cells = COLUMNS.map((phase) => cellOf(each, phase));
      return `| ${[nameOf(each.client), each.settings, ...cells].join(' | ')} |`;
    }),
  ];
}

function cellOf({ phases }: MeasuredClient, phase: string): string {
  const { calls = 0, failed = 0, codes = '' } = phases[phase] ?? {};
  if (failed === 0) return `0 of ${count(calls)}`;
  return `**${count(failed)}** of ${count(calls)}: ${codes}`;
}

function describeRun({ startedAt, commit, envoy, cpus, quick, seed, sizes }: MeasuredRun): string {
  const { ratePerSecond, workMs, envoyRolls, envoyKills, hangMs, serverKills, steadyMs } = sizes;
  return [
    `Lost calls of those that were sent, in the ${quick ? 'quick' : 'full'} run of ${startedAt.slice(0, 10)} (commit ${commitText(commit)},`,
    `seed ${seed}, Envoy ${envoy}, ${cpus} cores): ${ratePerSecond} calls/s from each client, each of which takes ${workMs} ms;`,
    `${Number(steadyMs) / 1000} s in which every connection ends in order and a third Envoy comes; all Envoys replaced ${times(envoyRolls)};`,
    `${envoyKills} Envoys killed, each within 20 s of the one before; one stopped for ${Number(hangMs) / 1000} s; all servers replaced`,
    `once; ${serverKills} servers killed.`,
  ].join('\n');
}

function commitText(commit: string): string {
  const isChanged = commit.endsWith('+changes');
  return `${commit.slice(0, 7)}${isChanged ? ' with changes' : ''}`;
}

function earlierRuns(runs: readonly MeasuredRun[]): string {
  const lost = (run: MeasuredRun) =>
    run.clients
      .filter(({ settings }) => settings === 'advised')
      .reduce((sum, { phases }) => sum + COLUMNS.reduce((all, phase) => all + (phases[phase]?.failed ?? 0), 0), 0);
  const texts = runs.slice(1).map((run) => `${run.startedAt.slice(0, 16).replace('T', ' ')} (${lost(run)})`);
  return `Runs before it, with the calls that were lost with advised settings: ${texts.join(', ')}.`;
}

function times(value: unknown): string {
  return value === 1 ? 'once' : `${value} times`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function nameOf(client: string): string {
  return `${client} (${programNamed('client', client).language})`;
}
