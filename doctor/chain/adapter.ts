// The Prometheus Adapter: the rules that make metrics for autoscalers out of series, and the pods that run it.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { ManifestObject } from '../input/manifest-object';
import { carriedTexts } from './carried-text';
import type { Chain } from './chain';
import type { Container, Workload } from './workload';

export interface AdapterRule {
  readonly object: ManifestObject;
  /** Of the custom metrics API, or of the external one. */
  readonly isExternal: boolean;
  readonly at: Placed;
  /** What it calls its metric; undefined where that depends on the series that there are. */
  readonly metric: string | undefined;
  /** The series that it is about; undefined where that is a pattern. */
  readonly series: string | undefined;
}

export function adapterRules(chain: Chain): readonly AdapterRule[] {
  return carriedTexts(chain, /^\s*(-\s+)?["']?seriesQuery["']?:/m).flatMap(({ object, at }) =>
    [false, true].flatMap((isExternal) =>
      at
        .get(isExternal ? 'externalRules' : 'rules')
        .items()
        .map((rule) => ({ object, isExternal, at: rule, metric: metricName(rule), series: seriesName(rule) })),
    ),
  );
}

export interface AdapterPod {
  readonly workload: Workload;
  readonly container: Container;
}

export function adapterPods(chain: Chain): readonly AdapterPod[] {
  return chain.workloads.flatMap((workload) =>
    workload.containers
      .filter(
        ({ image, words }) => /prometheus-adapter/.test(image) || words.some((word) => /^--prometheus-url/.test(word)),
      )
      .map((container) => ({ workload, container })),
  );
}

/** The value of `--flag=value` or `--flag value`, with its place; undefined where the flag is not there. */
export function flagOf({ at }: Container, flag: string): { readonly value: string; readonly at: Placed } | undefined {
  const words = [...at.get('command').items(), ...at.get('args').items()];
  for (const [index, word] of words.entries()) {
    const [, joined] = new RegExp(`^--?${flag}(?:=(.*))?$`).exec(String(word.value)) ?? [];
    if (joined !== undefined) return { value: joined, at: word };
    const next = words[index + 1];
    if (String(word.value).replace(/^--?/, '') === flag && next) return { value: String(next.value), at: next };
  }
  return undefined;
}

function seriesName(rule: Placed): string | undefined {
  const query = rule.get('seriesQuery').text() ?? '';
  const [, plain] = /^\s*([a-zA-Z_:][\w:]*)\s*(?:\{|$)/.exec(query) ?? [];
  const [, quoted] = /__name__\s*=\s*["']([\w:]+)["']/.exec(query) ?? [];
  return plain ?? quoted;
}

/** pkg/naming/metric_namer.go of the adapter: `as` is expanded with what `matches` found, as Go's regexp does it. */
function metricName(rule: Placed): string | undefined {
  const [as, matches] = [rule.get('name', 'as').text(), rule.get('name', 'matches').text()];
  const series = seriesName(rule);
  if (as !== undefined && as !== '' && !as.includes('$')) return as;
  if (series === undefined) return undefined;
  if (matches === undefined || matches === '') return as === undefined || as === '' ? series : expand(as, [series]);
  try {
    const found = new RegExp(matches).exec(series);
    if (found === null) return undefined;
    return expand(as === undefined || as === '' ? (found.length > 1 ? '$1' : '$0') : as, found);
  } catch {
    return undefined; // an expression that only Go reads
  }
}

function expand(template: string, groups: readonly string[]): string {
  return template.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced: string, bare: string) => {
    const name = braced ?? bare;
    return /^\d+$/.test(name) ? (groups[Number(name)] ?? '') : '';
  });
}
