// The diagnosis as one object of JSON.
import type { Finding } from '../diagnosis';
import { liveJson } from './live-text';
import { type Report, summaryOf } from './report';

export function jsonText({ diagnosis, rules, unknownKinds, others, live }: Report): string {
  const { outcomes, findings, suppressed, blind, idle } = diagnosis;
  const value = {
    summary: summaryOf(diagnosis),
    findings: findings.map(findingJson),
    suppressed: suppressed.map(({ finding, by }) => ({
      ...findingJson(finding),
      reason: by.reason,
      suppressedAt: by.place,
    })),
    idleSuppressions: idle.map(({ code, reason, place }) => ({ code, reason, ...place })),
    couldNotLook: blind.map(({ rule, subject, needs }) => ({ code: rule.code, object: subject.label, needs })),
    rules: rules.flatMap((rule) => {
      const outcome = outcomes.get(rule);
      return outcome === undefined ? [] : [{ code: rule.code, level: rule.level, title: rule.title, outcome }];
    }),
    skipped: [...Array.from(unknownKinds, ([kind, count]) => ({ kind, count })), ...others.map((place) => ({ place }))],
    ...(live !== undefined && { live: liveJson(live) }),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function findingJson({ rule, subject, place, says }: Finding): object {
  const { code, level, title, harm, cure, sources } = rule;
  const template = subject.carriers[0]?.template;
  return { code, level, object: subject.label, ...place, template, title, says, harm, cure, sources };
}
