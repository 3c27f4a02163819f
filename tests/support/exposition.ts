// Reads what a /metrics answers: the families with their types and labels. Values do not matter.

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';

export interface Family {
  readonly type: MetricType;
  /** Names of the labels that any of its series has, sorted; `le` of a histogram is not among them. */
  readonly labels: readonly string[];
}

/** The types of all families that a text declares, by name, those without any series among them. */
export function declaredTypes(text: string): Map<string, MetricType> {
  const lines = text.matchAll(/^# TYPE (\S+) (\S+)$/gm);
  return new Map([...lines].map(([, name, type]) => [name as string, type as MetricType]));
}

/** The families of a text in Prometheus' exposition format, by name; those without any series are left out. */
export function parseExposition(text: string): Map<string, Family> {
  const types = declaredTypes(text);
  const labels = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const series = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /.exec(line);
    if (!series) continue;
    const family = familyOf(series[1] as string, types);
    const names = labels.get(family) ?? new Set();
    labels.set(family, names);
    for (const [, name = ''] of (series[2] ?? '').matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) {
      if (name !== 'le') names.add(name);
    }
  }
  return new Map(
    [...labels].map(([name, names]) => [name, { type: types.get(name) ?? 'gauge', labels: [...names].sort() }]),
  );
}

/** `x` for `x_bucket`, `x_sum` and `x_count` where x was declared; any other name is its own family. */
function familyOf(series: string, types: ReadonlyMap<string, MetricType>): string {
  const family = series.replace(/_(bucket|sum|count)$/, '');
  return !types.has(series) && types.has(family) ? family : series;
}
