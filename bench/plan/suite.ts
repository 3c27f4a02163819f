// A suite: rows that are compared with one base, in the same rounds.
import type { SuiteFacts } from '../records/record';
import type { Subject } from '../subjects/subject';
import type { WarmUp } from './sizes';

export interface Suite extends Omit<SuiteFacts, 'rows'> {
  readonly subjects: readonly Subject[];
  readonly warmUp: WarmUp;
}

/** The row that is the same as another one: what differs between the two is noise. */
export function again(subject: Subject): Subject {
  return { ...subject, id: `${subject.id}-again`, label: `${subject.label}, again` };
}

export function suiteFacts({ subjects, warmUp: _, ...suite }: Suite): SuiteFacts {
  return { ...suite, rows: subjects.map(({ id, label, detail }) => ({ id, label, detail })) };
}
