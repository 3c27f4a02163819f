// Which pod answered how often, and how calls ended. Pure counting; what the counts say is in summary.ts.
import { LatencyRecord } from './latency-record';
import { type CallRecord, latencyFromDueMs } from './outcome';

/** Names beyond this many share one entry: they come from the network, and memory is finite. So does a log line. */
const MAX_NAMES = 1000;
export const OTHER_NAMES = 'other';

/** What is counted of a call. */
export type CountedCall = Omit<CallRecord, 'text' | 'seq'>;

export class Tally {
  calls = 0;
  ok = 0;
  /** How often upstreams were asked, all calls together. */
  attempts = 0;
  /** Calls per status name. */
  readonly codes = new Map<string, number>();
  /** OK answers per server pod. */
  readonly pods = new Map<string, number>();
  /** OK answers per Envoy pod; those that no Envoy signed are missing. */
  readonly envoys = new Map<string, number>();
  /** Latencies of OK answers, from sending. */
  readonly latency = new LatencyRecord();
  /** The same, from when each call was due. */
  readonly latencyFromDue = new LatencyRecord();

  record(call: CountedCall): void {
    const { code, pod, via, attempts, latencyMs } = call;
    this.calls += 1;
    this.attempts += attempts;
    increment(this.codes, code);
    if (code !== 'OK') return;
    this.ok += 1;
    increment(this.pods, pod);
    if (via !== '') increment(this.envoys, via);
    this.latency.add(latencyMs);
    this.latencyFromDue.add(latencyFromDueMs(call));
  }

  get failed(): number {
    return this.calls - this.ok;
  }
}

function increment(counts: Map<string, number>, name: string): void {
  const count = counts.get(name);
  if (count !== undefined) counts.set(name, count + 1);
  else if (counts.size < MAX_NAMES) counts.set(name, 1);
  else counts.set(OTHER_NAMES, (counts.get(OTHER_NAMES) ?? 0) + 1);
}
