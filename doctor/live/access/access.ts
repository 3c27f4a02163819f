// What the caller may do, asked of the API server before anything is read (SelfSubjectAccessReview).
import { InputError } from '../../input/problem';
import type { Kubectl } from '../kubectl';

export interface Right {
  readonly verb: 'get' | 'list' | 'create';
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Undefined: in all namespaces, or of what has none. */
  readonly namespace: string | undefined;
}

/** `list deployments.apps in namespace shop`. */
export function rightText({ verb, group, resource, subresource, namespace }: Right): string {
  const what = `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  return `${verb} ${what}${namespace === undefined ? ' in all namespaces' : ` in namespace ${namespace}`}`;
}

/** The rights of `asked` that the caller has. @throws InputError when the API server does not say */
export async function grantedOf(kubectl: Kubectl, asked: readonly Right[]): Promise<readonly Right[]> {
  const what = `ask context ${kubectl.context} what may be read`;
  const items = asked.map((right) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: right },
  }));
  const args = ['create', '--validate=false', '-o', 'json', '-f', '-'];
  const printed = await kubectl.text(what, args, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const reviews = reviewsIn(printed);
  if (reviews === undefined) throw new InputError([`cannot ${what}: kubectl create printed what is no JSON`]);
  const allowed = reviews
    .filter(({ status }) => status?.allowed === true)
    .map(({ spec }) => keyOf(spec?.resourceAttributes ?? {}));
  return asked.filter((right) => allowed.includes(keyOf(right)));
}

interface Review {
  readonly spec?: { readonly resourceAttributes?: Partial<Right> };
  readonly status?: { readonly allowed?: boolean };
}

/** kubectl prints one object after the other. */
function reviewsIn(printed: string): readonly Review[] | undefined {
  try {
    return printed
      .split(/^(?=\{)/m)
      .filter((text) => text.trim() !== '')
      .map((text) => JSON.parse(text) as Review);
  } catch {
    return undefined;
  }
}

/** The API server leaves out what is empty. */
function keyOf({ verb, group, resource, subresource, namespace }: Partial<Right>): string {
  return [verb, group, resource, subresource, namespace].map((part) => part ?? '').join('|');
}
