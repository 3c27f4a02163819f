// summary.json: the client's own summary, made from the raw calls, for the run and for each of its loads.
import { LATE_MS } from '../../client/schedule';
import { type Summary, summarize } from '../../client/summary';
import { Tally } from '../../client/tally';
import type { Call } from './call';

export interface RunSummary {
  readonly total: Summary;
  readonly loads: Readonly<Record<string, Summary>>;
}

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

/** Calls given up after the last one that was sent are in no ledger, and so not in these figures. */
export function summarizeCalls(calls: readonly Call[]): Summary {
  const tally = new Tally();
  let sentLate = 0;
  let neverSent = 0;
  for (const call of calls) {
    tally.record(call);
    if (call.sentMs - call.intendedMs > LATE_MS) sentLate += 1;
    neverSent += call.neverSent ?? 0;
  }
  return summarize(tally, { behindSchedule: sentLate + neverSent, neverSent });
}
