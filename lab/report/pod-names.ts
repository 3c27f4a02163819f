// Gives every pod of a run one colour and one short name, the same in all figures of its page.

import { POD_COLOURS } from '../../drawing/palette';
import type { RunEvent } from '../records/event';
import type { RunData } from '../records/run-data';

export interface PodStyle {
  readonly name: string;
  /** Without what all pods have in common: `server-2`, or `server-x7k2p` in a cluster. */
  readonly label: string;
  readonly colour: string;
}

export interface PodStyles {
  /** Styles of these pods, in the page's order. Unknown names come last, in grey. */
  ordered(names: Iterable<string>): readonly PodStyle[];
}

const NUMERIC = new Intl.Collator('en', { numeric: true });
const NUMBERED = /-\d+$/;
/** `grpc-server-7c9f8d6b54-x7k2p`: Deployment, template hash, pod. */
const REPLICA_SET_POD = /^(.+)-[a-z0-9]{6,10}-([a-z0-9]{5})$/;

/** Servers first, then Envoys; numbered pods by number, others in the order in which they were first seen. */
export function stylePods({ calls, events }: Pick<RunData, 'calls' | 'events'>): PodStyles {
  const servers = inOrder([...calls.map(({ pod }) => pod), ...subjects(events, 'pod-')]);
  const envoys = inOrder([...calls.map(({ via }) => via), ...subjects(events, 'envoy-')]);
  const styles = new Map<string, PodStyle>();
  for (const [place, name] of [...servers, ...envoys].entries()) {
    styles.set(name, { name, label: shortName(name), colour: POD_COLOURS[place % POD_COLOURS.length] as string });
  }
  const places = [...styles.keys()];
  const placeOf = (name: string) => (styles.has(name) ? places.indexOf(name) : places.length);
  return {
    ordered: (names) =>
      [...names]
        .sort((left, right) => placeOf(left) - placeOf(right) || NUMERIC.compare(left, right))
        .map((name) => styles.get(name) ?? { name, label: shortName(name), colour: 'var(--mark)' }),
  };
}

export function shortName(name: string): string {
  const bare = name.replace(/^grpc-/, '');
  return bare.replace(REPLICA_SET_POD, '$1-$2');
}

function inOrder(mentions: Iterable<string>): string[] {
  const names = [...new Set(mentions)].filter((name) => name !== '');
  return names.every((name) => NUMBERED.test(name)) ? names.sort(NUMERIC.compare) : names;
}

/** The pods that events of kinds beginning with `prefix` are about. */
function subjects(events: readonly RunEvent[], prefix: 'pod-' | 'envoy-'): string[] {
  return events.flatMap(({ kind, subject }) => (kind.startsWith(prefix) && subject !== undefined ? [subject] : []));
}
