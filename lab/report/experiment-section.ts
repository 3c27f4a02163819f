// One experiment in the document: question, figures, claims with their numbers, mutations, how to repeat it, conditions.
import type { ClaimResult } from '../records/claim';
import type { Backend } from '../records/params';
import type { DocumentedExperiment, DocumentedMutation, DocumentedRun, ShownFigure } from './documented-experiment';
import { code, plainText, table } from './markdown';
import { formatDate, formatInterval, formatQuantity, formatThreshold } from './quantity';

export interface DocumentOptions {
  /** Where the figures are, relative to the document and as a link says it: `images`. */
  readonly imageFolder: string;
}

const NOT_RUN = 'not run';

export function experimentSection(experiment: DocumentedExperiment, options: DocumentOptions): string[] {
  const { name, question, hypothesis, backends, runs, figures } = experiment;
  const [only, ...others] = backends;
  const blocks = [
    [`## ${name}`],
    [`**${plainText(question)}** ${plainText(hypothesis)}`],
    ...(others.length === 0 ? [[`Asked on ${only} only.`]] : []),
    ...figures.map((figure) => image(figure, options)),
    runs.size === 0 ? [`Not run on ${backends.join(' and ')}: nothing was measured yet.`] : claimTable(experiment),
    ...mutationBlocks(experiment),
    ['Repeat it:'],
    ['```sh', ...backends.map((backend) => runs.get(backend)?.params.command ?? commandOf(name, backend)), '```'],
    [...runs.values()].map((run) => `- ${conditions(run)}`),
  ];
  return blocks.filter((lines) => lines.length > 0).flatMap((lines) => [...lines, '']);
}

function image({ title, caption, backend, fileName }: ShownFigure, { imageFolder }: DocumentOptions): string[] {
  const text = caption === undefined ? '' : ` ${plainText(caption)}`;
  return [`![${plainText(title)}](${imageFolder}/${fileName})`, '', `*${plainText(title)} (${backend}).*${text}`];
}

/** One row per claim, one column per backend. */
function claimTable({ backends, runs }: DocumentedExperiment): string[] {
  const claims = new Map<string, ClaimResult>();
  for (const claim of [...runs.values()].flatMap(({ verdict }) => verdict.claims)) {
    if (!claims.has(claim.id)) claims.set(claim.id, claim);
  }
  const heads = backends.map((backend) => (runs.get(backend)?.params.quick ? `${backend} (quick)` : backend));
  return table(
    ['claim', 'what must hold', 'threshold', ...heads],
    [...claims.values()].map(({ id, text }) => [
      code(id),
      plainText(text),
      thresholds([...runs.values()], id),
      ...backends.map((backend) => measured(runs.get(backend), id)),
    ]),
  );
}

/** One, or one for each backend where they differ. */
function thresholds(runs: readonly DocumentedRun[], id: string): string {
  const texts = runs.flatMap(({ params, verdict }) =>
    verdict.claims
      .filter((claim) => claim.id === id)
      .map(({ threshold, unit }) => ({ backend: params.backend, text: formatThreshold(threshold, unit) })),
  );
  const isOne = new Set(texts.map(({ text }) => text)).size === 1;
  return isOne ? (texts[0]?.text ?? '') : texts.map(({ backend, text }) => `${text} (${backend})`).join(', ');
}

function measured(run: DocumentedRun | undefined, id: string): string {
  if (run === undefined) return NOT_RUN;
  const claim = run.verdict.claims.find((each) => each.id === id);
  if (claim === undefined) return '—';
  const value = formatQuantity(claim.measured, claim.unit);
  const range = claim.interval === undefined ? '' : ` (${formatInterval(claim.interval, claim.unit)})`;
  const detail = claim.detail === undefined ? '' : `<br><sub>${plainText(claim.detail)}</sub>`;
  return `${claim.pass ? value : `✗ **${value}**`}${range}${detail}`;
}

function mutationBlocks({ backends, mutations }: DocumentedExperiment): string[][] {
  if (mutations.length === 0) return [['It has no mutations.']];
  const rows = mutations.map((mutation) => [
    code(mutation.name),
    plainText(mutation.text),
    mutation.mustFail.map(code).join(', '),
    ...backends.map((backend) => noticed(mutation, backend)),
  ]);
  return [
    ['Broken on purpose, it must fail:'],
    table(['mutation', 'what is broken', 'claims that must fail', ...backends], rows),
  ];
}

function noticed({ backends, outcomes }: DocumentedMutation, backend: Backend): string {
  const outcome = outcomes.get(backend);
  if (outcome === undefined) return backends.includes(backend) ? NOT_RUN : '—';
  const size = outcome.quick ? ' (quick)' : '';
  if (outcome.standing.length === 0) return `✓ noticed${size}`;
  return `✗ **not noticed**${size}: ${outcome.standing.map(code).join(', ')} ${outcome.standing.length === 1 ? 'holds' : 'hold'}`;
}

function commandOf(name: string, backend: Backend): string {
  return `npm run lab -- run ${name} --on ${backend}`;
}

function conditions({ params }: DocumentedRun): string {
  const { backend, quick, startedAt, commit, machine, versions, sizes } = params;
  const gibibytes = (machine.memoryBytes / 2 ** 30).toFixed(1);
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const amounts = Object.entries(sizes).map(([name, amount]) => {
    return `${name} ${Array.isArray(amount) ? amount.join(' / ') : amount}`;
  });
  return [
    `${quick ? 'Quick, ' : ''}${backend}, ${formatDate(startedAt)}, commit ${code(commit)}`,
    plainText(`${machine.cpus} × ${machine.cpuModel}, ${gibibytes} GiB, ${machine.system}`),
    plainText(software.join(', ')),
    `${plainText(amounts.join(', '))}.`,
  ].join('; ');
}
