// Reads PromQL with the grammar that Prometheus itself publishes: does it parse, and what does it ask for. Knows no
// particular metric.
import type { SyntaxNode, Tree } from '@lezer/common';

// The package's types are declared as an ES module's although it ships CommonJS, so TypeScript refuses the import.
const { parser } = require('@prometheus-io/lezer-promql') as { readonly parser: { parse(text: string): Tree } };

/** One `name{label="value"}` of a query. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** The function that the selector's range is the argument of (`rate`, `increase`), if it has a range. */
  readonly rangeFunction: string | undefined;
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Query {
  /** Places that the grammar does not allow, each with the text around it; none for a sound query. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels in by(), on(), ignoring(), without() and group_left(). */
  readonly groupingLabels: readonly string[];
}

export function parseQuery(text: string): Query {
  const errors: string[] = [];
  const selectors: Selector[] = [];
  const groupingLabels: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) errors.push(`at ${from}: ${JSON.stringify(text.slice(Math.max(0, from - 20), to + 20))}`);
      else if (type.name === 'VectorSelector') selectors.push(readSelector(node, text));
      else if (type.name === 'GroupingLabels') {
        groupingLabels.push(...node.getChildren('LabelName').map((label) => textOf(label, text)));
      }
    },
  });
  return { errors, selectors, groupingLabels };
}

function readSelector(node: SyntaxNode, text: string): Selector {
  const name = node.getChild('Identifier');
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return {
    metric: name === null ? '' : textOf(name, text),
    matchers: matchers.map((matcher) => ({
      label: textOf(matcher.getChild('LabelName'), text),
      operator: textOf(matcher.getChild('MatchOp'), text),
      value: textOf(matcher.getChild('StringLiteral'), text).slice(1, -1),
    })),
    rangeFunction: readRangeFunction(node, text),
  };
}

function readRangeFunction(selector: SyntaxNode, text: string): string | undefined {
  if (selector.parent?.name !== 'MatrixSelector') return undefined;
  const call = selector.parent.parent?.parent;
  return call?.name === 'FunctionCall' ? textOf(call.getChild('FunctionIdentifier'), text) : '';
}

function textOf(node: SyntaxNode | null, text: string): string {
  return node === null ? '' : text.slice(node.from, node.to);
}
