// The parts of a run, from its `phase` events: each lasts until the next one begins, the last one until the run ends.
import { eventsOf } from './event';
import { type RunData, runSpan } from './run-data';
import type { TimeSpan } from './selection';

export interface Phase extends TimeSpan {
  readonly name: string;
}

export function phasesOf(data: Pick<RunData, 'calls' | 'events'>): readonly Phase[] {
  const starts = eventsOf(data.events, 'phase');
  // The last call's answer belongs to the last phase, and spans do not include their end.
  const endMs = runSpan(data).toMs + 1;
  return starts.map(({ subject = '', atMs }, index) => ({
    name: subject,
    fromMs: atMs,
    toMs: starts[index + 1]?.atMs ?? endMs,
  }));
}

/** The only phase of that name. @throws Error when there is none, or more than one */
export function phaseNamed(data: Pick<RunData, 'calls' | 'events'>, name: string): Phase {
  const found = phasesOf(data).filter((phase) => phase.name === name);
  const [phase] = found;
  if (phase === undefined || found.length > 1) {
    throw new Error(`cannot evaluate the run: expected one phase "${name}", got ${found.length}`);
  }
  return phase;
}
