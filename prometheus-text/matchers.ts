// The part of a selector of Prometheus that stands in braces: `grpc_code="OK",grpc_service!~"grpc\\.health.*"`.

export type Labels = Readonly<Record<string, string>>;

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

const MATCHER = /([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/g;

/** @param text what stands between the braces; parts that are no matcher, such as `<<.LabelMatchers>>`, are passed over */
export function readMatchers(text: string): readonly Matcher[] {
  return [...text.matchAll(MATCHER)].map(([, label = '', operator, double, single]) => ({
    label,
    operator: operator as Matcher['operator'],
    value: (double ?? single ?? '').replace(/\\(.)/g, '$1'),
  }));
}

/**
 * Whether a series with these labels is selected, whatever else it has. Undefined where that hangs on an expression that
 * only Prometheus can read.
 */
export function admits(matchers: readonly Matcher[], labels: Labels): boolean | undefined {
  const answers = matchers.flatMap((matcher) => {
    const value = labels[matcher.label];
    return value === undefined ? [] : [fits(matcher, value)];
  });
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function fits({ operator, value: wanted }: Matcher, value: string): boolean | undefined {
  if (operator === '=' || operator === '!=') return (value === wanted) === (operator === '=');
  const [, flags = '', expression = ''] = /^(?:\(\?([is]+)\))?(.*)$/s.exec(wanted) ?? [];
  try {
    return new RegExp(`^(?:${expression})$`, flags).test(value) === (operator === '=~');
  } catch {
    return undefined; // of RE2, and not of JavaScript
  }
}
