// What all rules say of a chain, with the suppressions laid over it.
import type { Place } from '../manifest-reader/positions/placed';
import type { Chain } from './chain/chain';
import type { Rule, RuleText, Subject } from './rules/rule';
import { BAD_SUPPRESSION, type Suppression } from './suppression/suppression';

export interface Finding {
  readonly rule: RuleText;
  readonly subject: Subject;
  readonly place: Place;
  readonly says: string;
}

/** What a rule could not look at, and what it would need for it. */
export interface Blind {
  readonly rule: RuleText;
  readonly subject: Subject;
  readonly needs: string;
}

export interface Suppressed {
  readonly finding: Finding;
  readonly by: Suppression;
}

/** found, suppressed and passed: it looked. blind: it could not look at anything. */
export type Outcome = 'found' | 'suppressed' | 'passed' | 'not-applicable' | 'blind';

export interface Diagnosis {
  readonly outcomes: ReadonlyMap<RuleText, Outcome>;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  readonly blind: readonly Blind[];
  /** Suppressions that nothing was found for. */
  readonly idle: readonly Suppression[];
}

export function diagnose(chain: Chain, rules: readonly Rule[], suppressions: readonly Suppression[]): Diagnosis {
  const bad = suppressions.filter(({ code, reason }) => reason === '' || !rules.some((rule) => rule.code === code));
  const good = suppressions.filter((suppression) => !bad.includes(suppression));
  const findings: Finding[] = bad.map(badSuppression);
  const suppressed: Suppressed[] = [];
  const blind: Blind[] = [];
  const outcomes = new Map<RuleText, Outcome>();
  for (const rule of rules) {
    const observations = rule.check(chain);
    const said = unique(
      observations.flatMap((each) => {
        return each.kind === 'found' ? [{ rule, subject: each.subject, place: each.place, says: each.says }] : [];
      }),
    );
    const open: Finding[] = [];
    for (const finding of said) {
      const by = good.find((suppression) => suppression.code === rule.code && suppression.covers(finding));
      if (by === undefined) open.push(finding);
      else suppressed.push({ finding, by });
    }
    findings.push(...open);
    for (const each of observations) {
      if (each.kind === 'blind') blind.push({ rule, subject: each.subject, needs: each.needs });
    }
    const kinds = new Set(observations.map(({ kind }) => kind));
    outcomes.set(rule, outcomeOf(kinds, open.length > 0));
  }
  const idle = good.filter((suppression) => !suppressed.some(({ by }) => by === suppression));
  return { outcomes, findings, suppressed, blind, idle };
}

function outcomeOf(kinds: ReadonlySet<string>, isOpen: boolean): Outcome {
  if (isOpen) return 'found';
  if (kinds.has('found')) return 'suppressed';
  // One subject that could not be looked at may be the one that is wrong.
  if (kinds.has('blind')) return 'blind';
  return kinds.has('passed') ? 'passed' : 'not-applicable';
}

/** Several subjects may lead to one place, which is told once. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  const byPlace = findings.map((finding) => [JSON.stringify([finding.place, finding.says]), finding] as const);
  return [...new Map(byPlace).values()];
}

function badSuppression({ code, reason, place, label }: Suppression): Finding {
  const subject: Subject = { label, place, carriers: [] };
  const says =
    reason === '' ? `no reason is given for ${code || 'it'}` : `there is no rule ${code || 'without a code'}`;
  return { rule: BAD_SUPPRESSION, subject, place, says };
}
