// A client that gets no processor for 20 s, as on a node that is short of it: what it does with the calls it owes.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import type { CallRecord } from '../../client/outcome';
import { mostWithin } from '../support/most-within';
import { startClient } from './client-process';
import { GreeterServer } from './greeter-server';

type LedgerLine = Omit<CallRecord, 'text'>;

const STARVED_MS = 20_000;
/** MAX_LATE_MS: what is left of the calls of that time. */
const KEPT_MS = 1000;
/** The most that is sent at once, of the calls that are due. */
const BATCH_MS = 100;
/** By then nothing may be left of it. */
const RECOVERY_MS = 5000;
const MEASURE_MS = 1500;
/** Of the calls, on a machine that does other things too. */
const NOISE = 0.2;
const DEADLINE_MS = 90_000;

function readLedger(file: string): LedgerLine[] {
  const text = readFileSync(file, { encoding: 'utf8', flag: 'a+' });
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** The part of the calls due from `fromMs` on, for MEASURE_MS, that was not sent in time. */
function missedShare(calls: readonly LedgerLine[], fromMs: number, rate: number): number {
  const due = calls.filter(({ intendedMs }) => intendedMs >= fromMs && intendedMs < fromMs + MEASURE_MS);
  const inTime = due.filter(({ intendedMs, sentMs }) => sentMs - intendedMs <= 100).length;
  return 1 - inTime / ((rate * MEASURE_MS) / 1000);
}

describe('a client that was starved for 20 s', () => {
  for (const rate of [500, 2000]) {
    it(`drops calls that are too late, and is back at ${rate} calls/s without a burst`, async (t) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'starved-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const ledger = path.join(folder, 'ledger');
      const server = await GreeterServer.start(t);
      const client = startClient(t, { ...server.env, RATE: String(rate), LEDGER: ledger, LOG_LEVEL: 'info' });
      const isDue = (ms: number) => () => readLedger(ledger).some(({ intendedMs }) => intendedMs >= ms);

      await client.until('started');
      const startedMs = Date.now();
      await client.until('calls', isDue(startedMs + 2 * MEASURE_MS), DEADLINE_MS);
      const stoppedMs = Date.now();
      client.signal('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, STARVED_MS));
      const resumedMs = Date.now();
      client.signal('SIGCONT');
      await client.until('calls', isDue(resumedMs + RECOVERY_MS + MEASURE_MS), DEADLINE_MS);
      assert.equal(await client.stop(), 0);

      const calls = readLedger(ledger).sort((left, right) => left.sentMs - right.sentMs);
      const sent = calls.filter(({ sentMs }) => sentMs >= resumedMs);
      // What it was about to send when it was stopped goes out when it goes on, as nothing in between told it the time.
      const resumed = sent.filter(({ intendedMs }) => intendedMs >= stoppedMs);
      const lastSent = calls.filter((call) => call.sentMs < resumedMs).slice(-rate / 10);
      // On a machine that does other things too it was behind already.
      const lateMs = Math.max(...lastSent.map((call) => call.sentMs - call.intendedMs));
      assert.ok(
        sent.length - resumed.length <= (rate * (BATCH_MS + lateMs)) / 1000,
        `${sent.length - resumed.length} from before, when it was ${lateMs} ms behind`,
      );
      const sentMs = sent.map((call) => call.sentMs);
      const most = mostWithin(sentMs, 1000);
      assert.ok(most <= 2 * rate, `${most} calls within a second`);
      // A timer's millisecond, and that of Date.now().
      assert.ok(resumed.every(({ intendedMs }) => intendedMs >= resumedMs - KEPT_MS - 2));
      const since = resumed.filter((call) => call.sentMs >= resumedMs + RECOVERY_MS);
      assert.ok(since.every(({ intendedMs }) => intendedMs >= resumedMs));

      const { neverSent, behindSchedule, latencyFromDueMs } = client.summary;
      const told = calls.reduce((sum, call) => sum + (call.neverSent ?? 0), 0);
      const starved = (rate * (STARVED_MS - KEPT_MS)) / 1000;
      assert.ok(told >= starved - 1 && neverSent >= told, `${neverSent} never sent, the ledger has ${told}`);
      assert.ok(behindSchedule >= neverSent);
      const longestMs = Math.max(...calls.map((call) => call.sentMs + call.latencyMs - call.intendedMs));
      assert.ok(latencyFromDueMs.max <= longestMs + 1, `${latencyFromDueMs.max} ms of ${longestMs} ms`);

      const before = missedShare(calls, startedMs + MEASURE_MS / 2, rate);
      const after = missedShare(calls, resumedMs + RECOVERY_MS, rate);
      t.diagnostic(`not in time: ${(before * 100).toFixed(1)} % before, ${(after * 100).toFixed(1)} % after`);
      assert.ok(after <= before + NOISE, `${after} of the calls are not in time, ${before} before`);
    });
  }
});
