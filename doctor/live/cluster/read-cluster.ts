// Everything of a cluster that the doctor looks at and the caller may list.
import type { ManifestObject } from '../../input/manifest-object';
import { InputError } from '../../input/problem';
import { type Right, rightText } from '../access/access';
import type { Kubectl } from '../kubectl';
import { LIVE_KINDS, type LiveKind, resourceName } from './kinds';
import { type LiveJson, liveObject } from './live-object';
import { chooseScope, listRight, mayList, placesOf, type Scope } from './scope';

/** What a rule that asks for this kind cannot know. */
export interface Unreadable {
  readonly kind: string;
  /** Undefined: in all that were to be read. */
  readonly namespace: string | undefined;
  /** What it would take: `the right to list services in namespace shop`. */
  readonly needs: string;
}

export interface LiveCluster {
  readonly context: string;
  /** Undefined: all, apart from those of Kubernetes itself. */
  readonly namespaces: readonly string[] | undefined;
  readonly granted: readonly Right[];
  readonly objects: readonly ManifestObject[];
  readonly unreadable: readonly Unreadable[];
}

/** Of Kubernetes itself: what is wrong there is not the caller's. Read when they are asked for by name. */
const SYSTEM = ['kube-system', 'kube-public', 'kube-node-lease'];

/** @throws InputError when the cluster cannot be asked */
export async function readCluster(kubectl: Kubectl, wanted: readonly string[]): Promise<LiveCluster> {
  const scope = await chooseScope(kubectl, wanted);
  const kinds = await servedKinds(kubectl);
  const unreadable: Unreadable[] = [];
  const lists = new Map<string | undefined, LiveKind[]>();
  for (const kind of kinds) {
    for (const place of placesOf(kind, scope)) {
      if (mayList(scope.granted, kind, place)) lists.set(place, [...(lists.get(place) ?? []), kind]);
      else {
        const needs = `the right to ${rightText(listRight(kind, place))}`;
        unreadable.push({ kind: kind.kind, namespace: place, needs });
      }
    }
  }
  if (unreadable.length > 0 && lists.size === 0) {
    const where = wherePhrase(scope);
    throw new InputError([`cannot read context ${kubectl.context}: the rights allow to list nothing ${where}`]);
  }
  const objects: ManifestObject[] = [];
  for (const [place, listed] of lists) objects.push(...(await list(kubectl, listed, place)));
  const isOurs = ({ namespace, hasNamespace }: ManifestObject) =>
    scope.namespaces !== undefined || !hasNamespace || !SYSTEM.includes(namespace);
  const { context } = kubectl;
  return { context, namespaces: scope.namespaces, granted: scope.granted, objects: objects.filter(isOurs), unreadable };
}

function wherePhrase({ namespaces }: Scope): string {
  return namespaces === undefined ? 'in any namespace' : `in namespace ${namespaces.join(', ')}`;
}

async function list(kubectl: Kubectl, kinds: readonly LiveKind[], place: string | undefined) {
  const where = place === undefined ? ['--all-namespaces'] : ['--namespace', place];
  const names = kinds.map(resourceName).join(',');
  const what = `list the objects of context ${kubectl.context}`;
  const text = await kubectl.text(what, ['get', names, ...where, '-o', 'json', '--show-managed-fields']);
  const { items = [] } = JSON.parse(text) as { items?: readonly LiveJson[] };
  return items.map(liveObject).filter((object) => object !== undefined);
}

/** Kinds of custom resources only where the API server has them: kubectl refuses a list with a name it does not know. */
async function servedKinds(kubectl: Kubectl): Promise<readonly LiveKind[]> {
  const what = `ask context ${kubectl.context} which kinds it has`;
  const { groups = [] } = JSON.parse(await kubectl.text(what, ['get', '--raw', '/apis'])) as ApiGroups;
  const served = new Set<string>();
  const wanted = new Set(LIVE_KINDS.filter(({ isCustom }) => isCustom).map(({ group }) => group));
  for (const { name, preferredVersion } of groups.filter((group) => wanted.has(group.name))) {
    const path = `/apis/${preferredVersion.groupVersion}`;
    const { resources = [] } = JSON.parse(await kubectl.text(what, ['get', '--raw', path])) as ApiResources;
    for (const resource of resources) served.add(`${resource.name}.${name}`);
  }
  return LIVE_KINDS.filter((kind) => !kind.isCustom || served.has(resourceName(kind)));
}

interface ApiGroups {
  readonly groups?: readonly { readonly name: string; readonly preferredVersion: { readonly groupVersion: string } }[];
}

interface ApiResources {
  readonly resources?: readonly { readonly name: string }[];
}
