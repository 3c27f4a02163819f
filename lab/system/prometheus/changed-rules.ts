// The adapter's rules as a run has them: those that are shipped, or with what the run breaks.
import type { AdapterRule } from '../../../manifest-reader/adapter-rules';
import { overOneWindow } from '../../../manifest-reader/rate-windows';
import type { SystemChange } from '../system-change';

export function changedRules(
  rules: readonly AdapterRule[],
  { longestWindowOnly }: Pick<SystemChange, 'longestWindowOnly'>,
): readonly AdapterRule[] {
  if (longestWindowOnly !== true) return rules;
  return rules.map((rule) => ({ ...rule, metricsQuery: overOneWindow(rule.metricsQuery, 'longest') }));
}
