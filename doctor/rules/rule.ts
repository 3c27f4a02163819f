// What a rule is, and what it may say. A rule looks at one subject after the other (each cluster of Envoy, each Service …)
// and says of each: it is well, this is wrong, or it could not be looked at for want of something.
import type { Place, Placed } from '../../manifest-reader/positions/placed';
import type { Chain } from '../chain/chain';
import type { Envoy } from '../chain/envoy/envoy';
import type { ManifestObject } from '../input/manifest-object';

/** error: calls fail or go to one pod. warning: they will, when pods come, go or fail. info: worth knowing. */
export const LEVELS = ['info', 'warning', 'error'] as const;
export type Level = (typeof LEVELS)[number];

/** What is said about a rule. */
export interface RuleText {
  /** `GLB001`: never given to another rule. */
  readonly code: string;
  readonly level: Level;
  /** What is wrong, as a short sentence without a full stop. */
  readonly title: string;
  /** What goes wrong for calls. */
  readonly harm: string;
  readonly cure: string;
  /** Where the harm is described or was seen. */
  readonly sources: readonly string[];
}

export interface Rule extends RuleText {
  /** One observation per subject; none when the input has no such subject. */
  check(chain: Chain): readonly Observation[];
}

/** What a rule looks at. */
export interface Subject {
  /** `Service shop/cart`. */
  readonly label: string;
  readonly place: Place;
  /** The objects whose annotations may suppress what is found. */
  readonly carriers: readonly ManifestObject[];
}

export type Observation = { readonly subject: Subject } & (
  | { readonly kind: 'passed' }
  /** `says`: what stands there, as a sentence. */
  | { readonly kind: 'found'; readonly place: Place; readonly says: string }
  /** `needs`: what would have to be in the input, as in "it needs …". */
  | { readonly kind: 'blind'; readonly needs: string }
);

export function passed(subject: Subject): Observation {
  return { kind: 'passed', subject };
}

/** @param at what is to be changed; of something that is missing, what it is missing in */
export function found(subject: Subject, at: Placed, says: string): Observation {
  return { kind: 'found', subject, place: at.place, says };
}

/** Never a pass: the input does not say what the rule has to know. */
export function blind(subject: Subject, needs: string): Observation {
  return { kind: 'blind', subject, needs };
}

export function objectSubject(object: ManifestObject): Subject {
  return { label: object.label, place: object.place, carriers: [object] };
}

/** The configuration, or a `part` of it such as `cluster greeter`. */
export function envoySubject(envoy: Envoy, part?: string, at: Placed = envoy.bootstrap): Subject {
  const label = part === undefined ? envoy.label : `${envoy.label}, ${part}`;
  const owners = envoy.pods.map(({ workload }) => workload.object);
  return { label, place: at.place, carriers: [...(envoy.object ? [envoy.object] : []), ...owners] };
}
