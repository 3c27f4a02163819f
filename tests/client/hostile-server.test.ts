// The client before a server that is not ours: whatever it says about itself, the client stays up, and its lines, labels
// and ledger stay small enough for what reads them.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { ServerHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { it } from 'node:test';
import { waitFor } from '../support/condition';
import { prometheusConfig } from '../support/metrics-config';
import { startClient } from './client-process';
import { type Answer, answerOk, answerTrailersOnly, startHttp2Server } from './http2-server';

const LONG = 20_000;
const CALLS = 1500;
/** The tally has a name per pod and per Envoy, a thousand of each at most. */
const LONGEST_LINE = 2 * 1001 * 250;

/** Answers OK, and each time as another pod behind another Envoy, with names as long as they can be sent. */
function manyLongNames(): Answer {
  let calls = 0;
  return (stream: ServerHttp2Stream, cut) => {
    calls += 1;
    const respond = stream.respond.bind(stream);
    const headers = { 'x-envoy-pod': `envoy-${calls}-${'e'.repeat(4000)}`, 'x-envoy-attempt-count': '1e300' };
    stream.respond = (given, options) => respond({ ...given, ...headers }, options);
    answerOk(`${'\u6771'.repeat(LONG / 3)}-${calls}`)(stream, cut);
  };
}

it('names of pods and Envoys as long as a message make no line, label or ledger long', async (t) => {
  const server = await startHttp2Server(t, [manyLongNames()]);
  const folder = await mkdtemp(path.join(tmpdir(), 'hostile-server-'));
  t.after(() => rm(folder, { recursive: true }));
  const ledger = path.join(folder, 'ledger.ndjson');
  const client = startClient(t, { ...server.env, RATE: '300', DEADLINE_MS: '60000', LEDGER: ledger, RETRIES: 'false' });
  await client.until(`${CALLS} calls`, () => server.streams >= CALLS);
  const [started] = client.linesOf('started');
  const metrics = await (await fetch(`http://127.0.0.1:${started?.metricsPort}/metrics`)).text();
  const exit = await client.stop();

  assert.equal(exit, 0, client.stderr);
  const { byCode, ok, calls } = client.summary;
  assert.deepEqual(byCode, { OK: calls });
  assert.ok(ok >= CALLS, `${ok} OK`);
  assert.equal(client.summary.attemptsPerCall, 1, 'a count that no layer can reach is not believed');
  const longest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
  assert.ok(longest(client.stdout) < LONGEST_LINE, `a log line of ${longest(client.stdout)} characters`);
  const lines = await readFile(ledger, 'utf8');
  assert.ok(longest(lines) < 600, `a line of the ledger of ${longest(lines)} characters`);
  const limit = Number(prometheusConfig().global.label_value_length_limit);
  const labels = [...metrics.matchAll(/="([^"]*)"/g)].map((match) => Buffer.byteLength(match[1] ?? ''));
  assert.ok(Math.max(...labels) <= limit, `a label of ${Math.max(...labels)} bytes`);
  assert.ok(Buffer.byteLength(metrics) < 4_000_000, `${Buffer.byteLength(metrics)} bytes of metrics`);
});

it('details of a failed call stay short and on their line', async (t) => {
  const details = `%0A%1B[2J${'d'.repeat(12_000)}`;
  const server = await startHttp2Server(t, [answerTrailersOnly({ 'grpc-status': '9', 'grpc-message': details })]);
  const client = startClient(t, { ...server.env, INTERVAL_MS: '500' });
  const failed = await waitFor('a failed call', 60_000, () => client.linesOf('call failed')[0], 50);
  assert.equal(await client.stop(), 0, client.stderr);
  assert.equal(failed.code, 'FAILED_PRECONDITION');
  assert.match(String(failed.detail), /^\ufffd\ufffd\[2Jd{1019}$/);
});
