import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CallRecord } from '../../client/outcome';
import { ClientProcess, parseLines, withClient } from './client-process';
import { GreeterServer } from './greeter-server';

function recordsIn(text: string): CallRecord[] {
  return parseLines(text) as unknown as CallRecord[];
}

describe('the ledger of a client', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'client-ledger-'));
  let server: GreeterServer;
  before(async () => {
    server = await GreeterServer.start({ headers: { 'x-envoy-pod': 'envoy-1' } });
  });
  after(() => {
    server.kill();
    rmSync(folder, { recursive: true });
  });

  it('has a line for each call, and agrees with the summary and with the server', async () => {
    const file = path.join(folder, 'calls.ndjson');
    await withClient({ ...server.env, RATE: '200', LEDGER: file }, async (client) => {
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
        assert.deepEqual(Object.keys(record), [
          'seq',
          'intendedMs',
          'sentMs',
          'latencyMs',
          'code',
          'pod',
          'via',
          'attempts',
        ]);
        const { code, pod, via, attempts, intendedMs, sentMs, latencyMs } = record;
        assert.deepEqual([code, pod, via, attempts], ['OK', 'grpc-server-1', 'envoy-1', 1]);
        assert.ok(sentMs >= intendedMs && latencyMs > 0);
        assert.ok(Math.abs(sentMs - Date.now()) < 60_000);
      }
    });
  });

  it('on standard output sends the log to standard error', async () => {
    await withClient({ ...server.env, COUNT: '20', RATE: '200', LEDGER: '-' }, async (client) => {
      assert.equal(await client.exited, 0);
      assert.equal(recordsIn(client.stdout).length, 20);
      assert.ok(parseLines(client.stderr).some(({ msg }) => msg === 'summary'));
    });
  });

  it('that cannot be opened ends the client with 1 and one line', async () => {
    const client = new ClientProcess({ ...server.env, LEDGER: path.join(folder, 'none', 'file') });
    assert.equal(await client.exited, 1);
    assert.match(client.lines.at(-1)?.msg ?? '', /^cannot write the ledger .*: ENOENT$/);
  });

  const full = { skip: process.platform === 'linux' ? false : 'needs /dev/full, which only Linux has' };
  it('that gets full is said once, does not stop the calls, and is exit 1', full, async () => {
    await withClient({ ...server.env, COUNT: '50', RATE: '200', LEDGER: '/dev/full' }, async (client) => {
      assert.equal(await client.exited, 1);
      assert.equal(client.linesOf('ledger failed').length, 1);
      assert.equal(client.summary.ok, 50);
    });
  });
});
