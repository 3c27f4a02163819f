// What every form of output is made of.
import type { Diagnosis } from '../diagnosis';
import type { Spread } from '../live/traffic/spreads';
import { LEVELS, type Level, type RuleText } from '../rules/rule';

export interface Report {
  readonly diagnosis: Diagnosis;
  readonly rules: readonly RuleText[];
  /** Kinds that nothing here knows, with how many objects each has. */
  readonly unknownKinds: ReadonlyMap<string, number>;
  /** Documents that are neither an object nor a configuration of Envoy. */
  readonly others: readonly string[];
  /** Of a run with --live. */
  readonly live?: LiveFacts;
}

export interface LiveFacts {
  readonly context: string;
  /** How much was read, and where. */
  readonly read: string;
  /** How long calls were counted. */
  readonly seconds: number;
  readonly spreads: readonly Spread[];
}

export interface Summary {
  /** Rules that looked at everything they are about. */
  readonly checked: number;
  readonly passed: number;
  readonly notApplicable: number;
  readonly couldNotLook: number;
  readonly findings: Readonly<Record<Level, number>>;
  readonly suppressed: number;
}

export function summaryOf({ outcomes, findings, suppressed }: Diagnosis): Summary {
  const count = (...wanted: readonly string[]) => [...outcomes.values()].filter((each) => wanted.includes(each)).length;
  const ofLevel = (level: Level) => findings.filter(({ rule }) => rule.level === level).length;
  return {
    checked: count('found', 'suppressed', 'passed'),
    passed: count('passed'),
    notApplicable: count('not-applicable'),
    couldNotLook: count('blind'),
    findings: { error: ofLevel('error'), warning: ofLevel('warning'), info: ofLevel('info') },
    suppressed: suppressed.length,
  };
}

/** Whether something was found at `level` or above. */
export function reaches({ findings }: Diagnosis, level: Level): boolean {
  return findings.some(({ rule }) => LEVELS.indexOf(rule.level) >= LEVELS.indexOf(level));
}
