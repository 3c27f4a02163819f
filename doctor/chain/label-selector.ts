// Label selectors as workloads, budgets and policies have them (meta/v1 LabelSelector).
import type { Placed } from '../../manifest-reader/positions/placed';
import { type Labels, readLabels } from './workload';

/** An empty selector matches everything, as in the API; one that is missing is the asker's business. */
export function matchesSelector(selector: Placed, labels: Labels): boolean {
  const wanted = Object.entries(readLabels(selector.get('matchLabels')));
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  return selector
    .get('matchExpressions')
    .items()
    .every((expression) => matchesExpression(expression, labels));
}

/** The keys that a selector asks for. */
export function selectorKeys(selector: Placed): readonly string[] {
  const expressions = selector.get('matchExpressions').items();
  return [
    ...selector
      .get('matchLabels')
      .entries()
      .map(([key]) => key),
    ...expressions.map((expression) => expression.get('key').text() ?? ''),
  ];
}

function matchesExpression(expression: Placed, labels: Labels): boolean {
  const label = labels[expression.get('key').text() ?? ''];
  const values = expression
    .get('values')
    .items()
    .map(({ value }) => String(value));
  switch (expression.get('operator').value) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      return false;
  }
}
