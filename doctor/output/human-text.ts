// The diagnosis for people: harm first, grouped by object.
import type { Diagnosis, Finding } from '../diagnosis';
import { placeText } from '../input/place-text';
import { LEVELS } from '../rules/rule';
import { liveLines } from './live-text';
import { type Report, summaryOf } from './report';

/** Marks words for a terminal; gives them back as they are for anything else. */
export type Paint = (style: 'bold' | 'red' | 'yellow' | 'blue', text: string) => string;

const COLOURS = { error: 'red', warning: 'yellow', info: 'blue' } as const;

export function humanText(report: Report, paint: Paint): string {
  const { diagnosis } = report;
  const parts = [
    ...findingParts(diagnosis, paint),
    suppressedPart(report),
    blindPart(diagnosis),
    skippedPart(report),
    livePart(report),
  ];
  return [...parts, summaryPart(diagnosis)].filter((part) => part !== '').join('\n');
}

function findingParts({ findings }: Diagnosis, paint: Paint): readonly string[] {
  const labels = [...new Set(findings.map(({ subject }) => subject.label))];
  return labels.map((label) => {
    const own = findings.filter(({ subject }) => subject.label === label);
    const sorted = own.sort((a, b) => LEVELS.indexOf(b.rule.level) - LEVELS.indexOf(a.rule.level));
    return `${paint('bold', label)}\n${sorted.map((finding) => findingText(finding, paint)).join('\n')}`;
  });
}

function findingText({ rule, subject, place, says }: Finding, paint: Paint): string {
  const template = subject.carriers[0]?.template;
  return [
    `  ${rule.code} · ${paint(COLOURS[rule.level], rule.level)} · ${placeText(place)}`,
    ...(template === undefined ? [] : [`    rendered from  ${template}`]),
    `    ${rule.title}: ${says}`,
    `    harm    ${rule.harm}`,
    `    cure    ${rule.cure}`,
    `    source  ${rule.sources.join(' ')}`,
    '',
  ].join('\n');
}

function suppressedPart({ diagnosis: { suppressed, idle } }: Report): string {
  const lines = suppressed.map(
    ({ finding, by }) =>
      `  ${finding.rule.code} · ${finding.subject.label} · ${placeText(finding.place)}: ${by.reason} (${by.label})`,
  );
  const idleLines = idle.map(({ code, place, label }) => `  ${code} · ${placeText(place)}: ${label} for nothing found`);
  return section('Suppressed', lines) + section('Suppressions without effect', idleLines);
}

function blindPart({ blind }: Diagnosis): string {
  const codes = new Map<string, Set<string>>();
  for (const { rule, subject, needs } of blind) {
    const what = `${subject.label}: it needs ${needs}`;
    codes.set(what, (codes.get(what) ?? new Set()).add(rule.code));
  }
  const lines = [...codes].map(([what, own]) => `  ${[...own].join(' ')} · ${what}`);
  return section('Could not look', lines);
}

function skippedPart({ unknownKinds, others }: Report): string {
  const kinds = [...unknownKinds].map(([kind, count]) => `  ${count} × ${kind}`);
  return section('Skipped, for no rule knows it', [...kinds, ...others.map((place) => `  ${place}: no object`)]);
}

function livePart({ live }: Report): string {
  return live === undefined
    ? ''
    : section(
        'Read',
        liveLines(live).map((line) => `  ${line}`),
      );
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.join('\n')}\n`;
}

function summaryPart(diagnosis: Diagnosis): string {
  const { checked, passed, notApplicable, couldNotLook, findings, suppressed } = summaryOf(diagnosis);
  const { error, warning, info } = findings;
  return [
    `rules     checked ${checked}, passed ${passed}, not applicable ${notApplicable}, could not look ${couldNotLook}`,
    `findings  error ${error}, warning ${warning}, info ${info}, suppressed ${suppressed}`,
    '',
  ].join('\n');
}
