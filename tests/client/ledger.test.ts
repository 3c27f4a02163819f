import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, describe, it } from 'node:test';
import type { CallRecord } from '../../client/outcome';
import { parseLines, startClient } from './client-process';
import { GreeterServer } from './greeter-server';

function recordsIn(text: string): CallRecord[] {
  return parseLines(text) as unknown as CallRecord[];
}

describe('the ledger of a client', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'client-ledger-'));
  after(() => rmSync(folder, { recursive: true }));

  it('has a line for each call, and agrees with the summary and with the server', async (t) => {
    const server = await GreeterServer.start(t, { headers: { 'x-envoy-pod': 'envoy-1' } });
    const file = path.join(folder, 'calls.ndjson');
    const client = startClient(t, { ...server.env, RATE: '200', LEDGER: file });
    await client.until('200 calls', () => server.calls >= 200);
    assert.equal(await client.stop(), 0);
    const records = recordsIn(readFileSync(file, 'utf8'));
    assert.equal(records.length, client.summary.calls);
    assert.equal(records.length, server.calls);
    const seqs = records.map(({ seq }) => seq).sort((a, b) => a - b);
    assert.deepEqual(
      seqs,
      Array.from(seqs, (_, i) => i + 1),
    );
    for (const record of records) {
      // On a machine that is short of time some calls were never sent.
      const keys = Object.keys(record).filter((key) => key !== 'neverSent');
      assert.deepEqual(keys, ['seq', 'intendedMs', 'sentMs', 'latencyMs', 'code', 'pod', 'via', 'attempts']);
      const { code, pod, via, attempts, intendedMs, sentMs, latencyMs } = record;
      assert.deepEqual([code, pod, via, attempts], ['OK', 'grpc-server-1', 'envoy-1', 1]);
      assert.ok(sentMs >= intendedMs && latencyMs > 0);
      assert.ok(Math.abs(sentMs - Date.now()) < 60_000);
    }
  });

  it('on standard output sends the log to standard error', async (t) => {
    const server = await GreeterServer.start(t);
    const client = startClient(t, { ...server.env, COUNT: '20', RATE: '200', LEDGER: '-' });
    assert.equal(await client.exited, 0);
    assert.equal(recordsIn(client.stdout).length, 20);
    assert.ok(parseLines(client.stderr).some(({ msg }) => msg === 'summary'));
  });

  it('on standard output ends the client with 1 when its reader is gone', async (t) => {
    const server = await GreeterServer.start(t);
    const client = startClient(t, { ...server.env, RATE: '100', LEDGER: '-' });
    await client.until('lines', () => client.stdout.split('\n').length > 5);
    client.closeStdout();
    assert.equal(await client.exited, 1);
    const messages = parseLines(client.stderr).map(({ msg }) => msg);
    assert.deepEqual(messages.slice(-3), ['ledger failed', 'summary', 'stop failed']);
  });

  it('that cannot be opened ends the client with 1 and one line', async (t) => {
    const client = startClient(t, { LEDGER: path.join(folder, 'none', 'file') });
    assert.equal(await client.exited, 1);
    assert.match(client.lines.at(-1)?.msg ?? '', /^cannot write the ledger .*: ENOENT$/);
  });

  const full = { skip: process.platform === 'linux' ? false : 'needs /dev/full, which only Linux has' };
  it('that is full is reported once, does not stop the calls, and ends the client with 1', full, async (t) => {
    const server = await GreeterServer.start(t);
    const client = startClient(t, { ...server.env, COUNT: '50', RATE: '200', LEDGER: '/dev/full' });
    assert.equal(await client.exited, 1);
    assert.equal(client.linesOf('ledger failed').length, 1);
    assert.equal(client.summary.ok, 50);
  });
});
