// Which namespaces are read, and what of them the caller may read.
import { grantedOf, type Right } from '../access/access';
import type { Kubectl } from '../kubectl';
import { LIVE_KINDS, type LiveKind } from './kinds';

export interface Scope {
  /** Undefined: all, apart from those of Kubernetes itself. */
  readonly namespaces: readonly string[] | undefined;
  readonly granted: readonly Right[];
}

/** Without these nothing can be said of calls; whoever may list them everywhere is asked about everything. */
const NEEDED = ['Pod', 'Service', 'Deployment'];

/** @param wanted the caller's `--namespace`, none for what the rights allow @throws InputError as grantedOf() */
export async function chooseScope(kubectl: Kubectl, wanted: readonly string[]): Promise<Scope> {
  const own = wanted.length > 0 ? wanted : [kubectl.namespace];
  const everywhere = wanted.length > 0 ? [] : [undefined];
  const asked = [...everywhere, ...own].flatMap((namespace) => rightsIn(namespace));
  const granted = await grantedOf(kubectl, [...asked, ...clusterRights()]);
  const needed = LIVE_KINDS.filter(({ kind }) => NEEDED.includes(kind));
  const seesAll = everywhere.length > 0 && needed.every((kind) => mayList(granted, kind, undefined));
  return { namespaces: seesAll ? undefined : own, granted };
}

/** Where `kind` is to be read: `undefined` is the whole cluster. */
export function placesOf({ isNamespaced }: LiveKind, { namespaces }: Scope): readonly (string | undefined)[] {
  return isNamespaced && namespaces !== undefined ? namespaces : [undefined];
}

export function listRight({ group, resource }: LiveKind, namespace: string | undefined): Right {
  return { verb: 'list', group, resource, namespace };
}

export function mayList(granted: readonly Right[], kind: LiveKind, namespace: string | undefined): boolean {
  const { group, resource } = listRight(kind, namespace);
  return granted.some(
    (right) =>
      right.verb === 'list' && right.group === group && right.resource === resource && right.namespace === namespace,
  );
}

/** To a port of a pod by the API server's proxy. */
export function proxyRight(namespace: string | undefined): Right {
  return { verb: 'get', group: '', resource: 'pods', subresource: 'proxy', namespace };
}

/** To a port that a pod opens for itself alone. */
export function forwardRight(namespace: string | undefined): Right {
  return { verb: 'create', group: '', resource: 'pods', subresource: 'portforward', namespace };
}

/** Whether a right that was asked for is there, in `namespace` or everywhere. */
export function hasRight(granted: readonly Right[], wanted: Right): boolean {
  return granted.some(
    (right) =>
      right.verb === wanted.verb &&
      right.resource === wanted.resource &&
      right.subresource === wanted.subresource &&
      (right.namespace === undefined || right.namespace === wanted.namespace),
  );
}

function rightsIn(namespace: string | undefined): readonly Right[] {
  const kinds = LIVE_KINDS.filter(({ isNamespaced }) => isNamespaced);
  return [...kinds.map((kind) => listRight(kind, namespace)), proxyRight(namespace), forwardRight(namespace)];
}

function clusterRights(): readonly Right[] {
  return LIVE_KINDS.filter(({ isNamespaced }) => !isNamespaced).map((kind) => listRight(kind, undefined));
}
