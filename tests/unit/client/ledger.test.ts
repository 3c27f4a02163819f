import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Writable } from 'node:stream';
import { after, describe, it } from 'node:test';
import { Ledger } from '../../../client/ledger';
import type { CallRecord } from '../../../client/outcome';
import { StartError } from '../../../runtime/errors';

const folder = mkdtempSync(path.join(tmpdir(), 'ledger-'));
after(() => rmSync(folder, { recursive: true }));

const never = new Promise<void>(() => {});
const record: CallRecord = {
  seq: 1,
  intendedMs: 1_795_501_043_416.125,
  sentMs: 1_795_501_043_418,
  latencyMs: 0.55555,
  code: 'OK',
  text: 'not in the ledger',
  pod: 'grpc-server-1',
  via: 'envoy-1',
  attempts: 1,
};

function unexpected(error: Error): void {
  throw error;
}

describe('Ledger', () => {
  it('writes a line of JSON per call, times to the microsecond', async () => {
    const file = path.join(folder, 'lines');
    const ledger = await Ledger.open(file, process.stdout, unexpected);
    ledger.write(record);
    ledger.write({ ...record, seq: 2 });
    await ledger.close(never);
    const [first, second, ...rest] = readFileSync(file, 'utf8').split('\n');
    assert.equal(
      first,
      '{"seq":1,"intendedMs":1795501043416.125,"sentMs":1795501043418,"latencyMs":0.556,"code":"OK",' +
        '"pod":"grpc-server-1","via":"envoy-1","attempts":1}',
    );
    assert.equal(JSON.parse(second ?? '').seq, 2);
    assert.deepEqual(rest, ['']);
  });

  it('records how many calls before this one were never sent', async () => {
    const file = path.join(folder, 'never-sent');
    const ledger = await Ledger.open(file, process.stdout, unexpected);
    ledger.write({ ...record, neverSent: 250 });
    await ledger.close(never);
    assert.match(readFileSync(file, 'utf8'), /"attempts":1,"neverSent":250\}\n$/);
  });

  it('adds the place of a message that came over a stream', async () => {
    const file = path.join(folder, 'streams');
    const ledger = await Ledger.open(file, process.stdout, unexpected);
    ledger.write({ ...record, stream: 3, opening: 2 });
    await ledger.close(never);
    assert.match(readFileSync(file, 'utf8'), /"attempts":1,"stream":3,"opening":2\}\n$/);
  });

  it('asks the caller to wait when much is unwritten, and loses nothing', async () => {
    const file = path.join(folder, 'backlog');
    const ledger = await Ledger.open(file, process.stdout, unexpected);
    let waits = 0;
    for (let seq = 1; seq <= 20_000; seq++) {
      const wait = ledger.write({ ...record, seq });
      if (wait === undefined) continue;
      waits += 1;
      await wait;
    }
    await ledger.close(never);
    assert.ok(waits > 10, `${waits} waits`);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).seq),
      Array.from({ length: 20_000 }, (_, i) => i + 1),
    );
  });

  it('waits at the end for a reader of standard output, but not for ever', async () => {
    const taken: string[] = [];
    const slow = new Writable({
      write: (chunk, _encoding, callback) => {
        taken.push(String(chunk));
        setTimeout(callback, 20);
      },
    });
    const ledger = await Ledger.open('-', slow, unexpected);
    for (let seq = 1; seq <= 3; seq++) ledger.write({ ...record, seq });
    await ledger.close(never);
    assert.equal(taken.length, 3);

    const stuck = await Ledger.open('-', new Writable({ write: () => {} }), unexpected);
    stuck.write(record);
    await assert.rejects(stuck.close(Promise.resolve()), /^Error: ledger - is incomplete: its last lines went unread$/);
  });

  it('cannot start where the file cannot be opened', async () => {
    await assert.rejects(Ledger.open(path.join(folder, 'none', 'file'), process.stdout, unexpected), (thrown) => {
      assert.ok(thrown instanceof StartError);
      assert.match(thrown.message, /^cannot write the ledger .*none\/file: ENOENT$/);
      return true;
    });
  });

  const full = { skip: process.platform === 'linux' ? false : 'needs /dev/full, which only Linux has' };
  it('reports once that it failed, continues without lines, and closes with an error', full, async () => {
    const failures: string[] = [];
    const ledger = await Ledger.open('/dev/full', process.stdout, ({ message }) => failures.push(message));
    for (let seq = 1; seq <= 5000; seq++) await ledger.write({ ...record, seq });
    await assert.rejects(ledger.close(never), /^Error: ledger \/dev\/full is incomplete$/);
    assert.deepEqual(failures, ['ledger /dev/full is incomplete']);
  });
});
