// One wish to hear nothing of a rule about something, and the reason for it, which is mandatory.
import type { Place } from '../../manifest-reader/positions/placed';
import type { RuleText, Subject } from '../rules/rule';

export interface Suppression {
  readonly code: string;
  /** Empty when there is none: then it suppresses nothing. */
  readonly reason: string;
  readonly place: Place;
  /** What it stands at, in words. */
  readonly label: string;
  covers(finding: { readonly subject: Subject; readonly place: Place }): boolean;
}

/** Told by the doctor itself, and not to be suppressed. */
export const BAD_SUPPRESSION: RuleText = {
  code: 'GLB000',
  level: 'warning',
  title: 'a suppression has no reason, or names no rule',
  harm: 'it suppresses nothing; with no reason the next reader cannot tell whether calls are still safe from that harm',
  cure: "give the code of a rule and the reason: doctor.grpc-load-balancing/GLB034: 'one client, many calls'",
  sources: ['https://github.com/zegl/kube-score/issues/488'],
};
