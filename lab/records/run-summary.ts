// summary.json: the client's own summary, made from the raw calls, for the run and for each of its loads.
import { type Summary, summarize } from '../../client/summary';
import { Tally } from '../../client/tally';
import type { Call } from './call';

export interface RunSummary {
  readonly total: Summary;
  readonly loads: Readonly<Record<string, Summary>>;
}

/** As in the client: a call sent this much after its time is behind the schedule. */
const LATE_MS = 100;
/** `run-2` before `run-10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

export function summarizeRun(calls: readonly Call[]): RunSummary {
  const byLoad = new Map<string, Call[]>();
  for (const call of calls) {
    const group = byLoad.get(call.load);
    if (group === undefined) byLoad.set(call.load, [call]);
    else group.push(call);
  }
  const loads = [...byLoad].sort(([left], [right]) => BY_NAME.compare(left, right));
  return {
    total: summarizeCalls(calls),
    loads: Object.fromEntries(loads.map(([load, group]) => [load, summarizeCalls(group)])),
  };
}

export function summarizeCalls(calls: readonly Call[]): Summary {
  const tally = new Tally();
  let behindSchedule = 0;
  for (const call of calls) {
    tally.record({ ...call, text: '' });
    if (call.sentMs - call.intendedMs > LATE_MS) behindSchedule += 1;
  }
  return summarize(tally, behindSchedule);
}
