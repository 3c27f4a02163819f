import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summarize } from '../../../../client/summary';
import { Tally } from '../../../../client/tally';
import { countedSummary, formatSummary } from '../../../../local/screen/summary-text';

const due = { intendedMs: 1000, sentMs: 1020 };
const answer = (pod: string, via: string) => ({ ...due, code: 'OK', pod, via, attempts: 1, latencyMs: 2 });
const onTime = { behindSchedule: 0, neverSent: 0 };

describe('formatSummary()', () => {
  it('shows counts, shares and figures', () => {
    const tally = new Tally();
    for (let n = 0; n < 10; n++) tally.record(answer(`grpc-server-${1 + (n % 2)}`, 'envoy-1'));
    const text = formatSummary(summarize(tally, { behindSchedule: 3, neverSent: 0 }), {
      elapsedMs: 65_000,
      hadSamePods: true,
    });
    const lines = text.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '));
    for (const line of [
      'calls  10 in 01:05',
      'failed  0',
      'pods  grpc-server-1  5  50.00 %',
      'grpc-server-2  5  50.00 %',
      'envoys  envoy-1  10  100.00 %',
      'evenness of pods  Jain 1.000000 (1 is perfect)  cv 0.0000 (0 is)  max/mean 1.0000 (1 is)',
      'attempts per call  1.000',
      'behind schedule  3',
    ]) {
      assert.ok(lines.includes(line), `${line} is missing in\n${text}`);
    }
    assert.match(
      text,
      /\n {2}latency +p50 2\.0 ms .* max 2\.0 ms\n {2}from when due +p50 2[12]\.\d ms .* max 22\.0 ms\n/,
    );
    assert.doesNotMatch(text, /came and went/);
  });

  it('says how many calls were never sent', () => {
    const text = formatSummary(summarize(new Tally(), { behindSchedule: 30, neverSent: 21 }), {
      elapsedMs: 1000,
      hadSamePods: true,
    });
    assert.match(text, /behind schedule +30 {2}\(never sent 21\)\n/);
  });

  it('says how calls failed', () => {
    const tally = new Tally();
    tally.record({ ...due, code: 'UNAVAILABLE', pod: '', via: '', attempts: 3, latencyMs: 9 });
    const text = formatSummary(summarize(tally, onTime), { elapsedMs: 1000, hadSamePods: true });
    assert.match(text, /failed +1 {2}\(UNAVAILABLE 1\)/);
    assert.match(text, /pods +none answered/);
    assert.match(text, /Jain - \(1 is perfect\) {3}cv - \(0 is\) {3}max\/mean - \(1 is\)/);
  });

  it('warns that the figures say nothing when pods changed', () => {
    const text = formatSummary(summarize(new Tally(), onTime), { elapsedMs: 0, hadSamePods: false });
    assert.match(text, /pods came and went/);
  });

  it('leaves out of calls that Envoys counted what they do not know', () => {
    const tally = new Tally();
    for (let n = 0; n < 10; n++) tally.record(answer(`grpc-server-${1 + (n % 2)}`, 'envoy-1'));
    const summary = countedSummary(summarize(tally, onTime));
    const text = formatSummary(summary, { elapsedMs: 1000, hadSamePods: true });
    assert.match(text, /\n {2}calls +10 in 00:01\n[\s\S]*Jain 1\.000000[\s\S]*\n {2}counted by +the Envoys: /);
    assert.doesNotMatch(text, /latency|from when due|behind schedule/);
    assert.deepEqual(Object.keys(summary), [
      ...['countedBy', 'calls', 'ok', 'failed', 'pods', 'envoys', 'jain', 'cv', 'maxOverMean', 'attemptsPerCall'],
    ]);
  });
});
