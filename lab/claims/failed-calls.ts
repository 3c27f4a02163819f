// The claim "no call fails", with the confidence that zero failures of so many calls give.

import type { Call } from '../records/call';
import type { MeasuredClaim, Measurement } from '../records/claim';
import { failed } from '../records/selection';
import { upperBoundOfZero } from '../statistics/proportion';

export function noneFails<F>(id: string, text: string, callsOf: (facts: F) => readonly Call[]): MeasuredClaim<F> {
  return { id, text, threshold: { equals: 0 }, unit: 'calls', measure: (facts) => measureFailed(callsOf(facts)) };
}

/** Without calls nothing is measured. */
function measureFailed(calls: readonly Call[]): Measurement {
  if (calls.length === 0) return { value: null, detail: 'no call was made' };
  const failures = failed(calls);
  const total = calls.length.toLocaleString('en-US');
  if (failures.length > 0) return { value: failures.length, detail: `of ${total}: ${countCodes(failures)}` };
  const perMillion = Math.ceil(upperBoundOfZero(calls.length) * 1e6);
  return { value: 0, detail: `of ${total}: fewer than ${perMillion} in a million with 95 % confidence` };
}

/** `3 UNAVAILABLE, 1 DEADLINE_EXCEEDED`. */
export function countCodes(calls: readonly Call[]): string {
  const counts = new Map<string, number>();
  for (const { code } of calls) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} ${code}`).join(', ');
}
