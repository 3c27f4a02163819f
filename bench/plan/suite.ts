// A suite: rows that are compared with one base, in the same rounds.
import type { LoadFacts, SuiteFacts } from '../records/record';
import type { Skipped, Subject } from '../subjects/subject';
import type { WarmUp } from './sizes';

export interface Suite {
  readonly id: string;
  /** The row that all others are divided by, the copy of it that shows the noise, and the hop whose CPU time counts. */
  readonly base: string;
  readonly control: string;
  readonly hop: string;
  readonly subjects: readonly Subject[];
  readonly skipped: readonly Skipped[];
  readonly loads: readonly LoadFacts[];
  readonly rounds: number;
  readonly warmUp: WarmUp;
  /** The loads are rates that rise; a block ends at the first that is not carried. */
  readonly isLadder?: true;
}

/** The row that is the same as another one: what differs between the two is noise. */
export function again(subject: Subject): Subject {
  return { ...subject, id: `${subject.id}-again`, label: `${subject.label}, again` };
}

export function suiteFacts({ subjects, warmUp: _, ...suite }: Suite): SuiteFacts {
  return { ...suite, rows: subjects.map(({ id, label, detail }) => ({ id, label, detail })) };
}
