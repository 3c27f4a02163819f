import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitUntil, withinDeadline } from '../../../../lab/system/wait-until';

const never = new AbortController().signal;

describe('waitUntil()', () => {
  it('looks until nothing is missing', async () => {
    const seen = ['one', 'two', undefined];
    await waitUntil('three looks', () => seen.shift(), { withinMs: 60_000, everyMs: 1, signal: never });
    assert.deepEqual(seen, []);
  });

  it('reports at the deadline what it waited for and what it saw last, thrown or not', async () => {
    const options = { withinMs: 5, everyMs: 1, signal: never };
    await assert.rejects(
      waitUntil('dawn', () => 'it is dark', options),
      /^Error: timed out after 5 ms: dawn, but it is dark$/,
    );
    const look = () => Promise.reject(new Error('no eyes'));
    await assert.rejects(waitUntil('dawn', look, options), /timed out after 5 ms: dawn, but no eyes/);
  });

  it('stops as soon as the run ends', async () => {
    const ending = new AbortController();
    const wait = waitUntil('dawn', () => 'dark', { withinMs: 60_000, everyMs: 60_000, signal: ending.signal });
    ending.abort();
    await assert.rejects(wait, /dawn: stopped because the run ends/);
  });
});

describe('withinDeadline()', () => {
  it('passes on the result of the work, or its failure', async () => {
    assert.equal(await withinDeadline('sum', Promise.resolve(3), { withinMs: 60_000, signal: never }), 3);
    const failing = Promise.reject(new Error('overflow'));
    await assert.rejects(withinDeadline('sum', failing, { withinMs: 60_000, signal: never }), /overflow/);
  });

  it('rejects when the work is late, or the run ends', async () => {
    const endless = new Promise<void>(() => {});
    await assert.rejects(withinDeadline('sum', endless, { withinMs: 5, signal: never }), /timed out after 5 ms: sum/);
    const ended = AbortSignal.abort();
    await assert.rejects(
      withinDeadline('sum', endless, { withinMs: 60_000, signal: ended }),
      /sum: stopped because the run ends/,
    );
  });
});
