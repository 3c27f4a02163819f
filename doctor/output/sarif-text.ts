// The diagnosis as SARIF 2.1.0, for code scanning. Paths are relative to the caller's folder: absolute ones lose their lines
// there (https://github.com/kubescape/kubescape/issues/2393).
import type { Place } from '../../manifest-reader/positions/placed';
import type { Finding, Suppressed } from '../diagnosis';
import { placeText } from '../input/place-text';
import type { Level, RuleText } from '../rules/rule';
import type { Report } from './report';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const LEVELS: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', info: 'note' };

export function sarifText({ diagnosis, rules }: Report): string {
  const result = (finding: Finding) => sarifResult(finding, rules);
  const run = {
    tool: { driver: { name: 'grpc-load-balancing-doctor', rules: rules.map(sarifRule) } },
    columnKind: 'utf16CodeUnits',
    results: [
      ...diagnosis.findings.map((finding) => result(finding)),
      ...diagnosis.suppressed.map((each) => ({ ...result(each.finding), suppressions: [suppression(each)] })),
    ],
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: diagnosis.blind.map(({ rule, subject, needs }) => ({
          level: 'note',
          message: { text: `${rule.code} could not look at ${subject.label}: it needs ${needs}` },
          associatedRule: { id: rule.code, index: rules.indexOf(rule) },
        })),
      },
    ],
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

function sarifRule({ code, level, title, harm, cure, sources }: RuleText): object {
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: harm },
    help: { text: `${cure}. See ${sources.join(' ')}` },
    helpUri: sources[0],
    defaultConfiguration: { level: LEVELS[level] },
  };
}

function sarifResult({ rule, subject, place, says }: Finding, rules: readonly RuleText[]): object {
  const text = `${subject.label}: ${rule.title}: ${says}. Harm: ${rule.harm}. Cure: ${rule.cure}.`;
  return {
    ruleId: rule.code,
    ruleIndex: rules.indexOf(rule),
    level: LEVELS[rule.level],
    message: { text },
    locations: [sarifLocation(place)],
  };
}

/** A live object lies in no file: it has a logical location only. */
function sarifLocation(place: Place): object {
  if (place.field !== undefined) {
    return { logicalLocations: [{ fullyQualifiedName: placeText(place), kind: 'object' }] };
  }
  const artifactLocation = { uri: place.file.split('/').map(encodeURIComponent).join('/') };
  return { physicalLocation: { artifactLocation, region: { startLine: place.line } } };
}

function suppression({ by }: Suppressed): object {
  return { kind: 'inSource', justification: by.reason };
}
