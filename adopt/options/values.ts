// How the values on the command line are written: names, labels, lists, numbers. Each reader gives undefined for what is not
// of its form.
import { parseDuration } from '../../command-line/duration';
import { PATTERN } from '../methods/kinds';
import type { Labels } from '../service/service';

/** A name of Kubernetes, as a namespace or a Service has it (RFC 1123). */
export function kubernetesName(text: string): string | undefined {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text) ? text : undefined;
}

export function port(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535 ? Number(text) : undefined;
}

/** `app=orders,tier=api` */
export function labels(text: string): Labels | undefined {
  const pairs = text.split(',').map((pair) => /^([\w./-]+)=([\w.-]*)$/.exec(pair));
  if (pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

export function names(text: string): readonly string[] | undefined {
  const all = text.split(',');
  return all.every((name) => kubernetesName(name) !== undefined) ? all : undefined;
}

/** `Get*,List*`; `none` is an empty list. */
export function patterns(text: string): readonly string[] | undefined {
  if (text === 'none') return [];
  const all = text.split(',');
  return all.every((pattern) => PATTERN.test(pattern)) ? all : undefined;
}

export function hostAndPort(text: string): string | undefined {
  const [, number] = /^[\w.-]+:(\d+)$/.exec(text) ?? [];
  return number !== undefined && port(number) !== undefined ? text : undefined;
}

export function seconds(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms === undefined ? undefined : ms / 1000;
}

/** Above 0, to a thousandth: what a quantity of Kubernetes can say. */
export function rate(text: string): number | undefined {
  return /^\d{1,9}(\.\d{1,3})?$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

/** `3-10` */
export function range(text: string): { readonly min: number; readonly max: number } | undefined {
  const [, min, max] = /^(\d{1,4})-(\d{1,4})$/.exec(text) ?? [];
  const found = { min: Number(min), max: Number(max) };
  return found.min >= 1 && found.min <= found.max ? found : undefined;
}

/** `NAME` or `NAME{matchers}`; the count of a histogram counts calls as well. */
export function counter(text: string): string | undefined {
  return /^[a-zA-Z_:][\w:]*_(total|count)(\{[^{}]+\})?$/.test(text) ? text : undefined;
}
