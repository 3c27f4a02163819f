import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Suite } from '../../../bench/plan/suite';
import { BEHIND, type Sample } from '../../../bench/records/sample';
import { BusyError, runSuite, type SuiteRun } from '../../../bench/run-suite';
import { seededRandom } from '../../../lab/statistics/seeded-random';
import { SUITE, sampleOf } from './sample-record';

/** @param dropped why the n-th block of a row counts for nothing */
async function run(dropped: (row: string, block: number) => string | undefined): Promise<readonly Sample[]> {
  const kept: Sample[] = [];
  const blocks = new Map<string, number>();
  const { rows, ...facts } = SUITE;
  const start = async () => ({ targets: [], hops: {} });
  const suite: Suite = { ...facts, subjects: rows.map((row) => ({ ...row, start })), warmUp: { calls: 1, seconds: 1 } };
  const measure: SuiteRun['measure'] = async ({ id }) => {
    const number = (blocks.get(id) ?? 0) + 1;
    blocks.set(id, number);
    const reason = dropped(id, number);
    const { suite: _, row, round, half, attempt, ...measured } = sampleOf(id, 1, 1, 100, { foreignCpus: 0.5 });
    return [{ ...measured, ...(reason && { dropped: reason }) }];
  };
  const { signal } = new AbortController();
  const block = { stage: { signal }, maxForeignCpus: 0.1 } as unknown as SuiteRun['block'];
  await runSuite(suite, {
    ...{ block, random: seededRandom(1), say: () => undefined, measure },
    onSample: (sample) => void kept.push(sample),
  });
  return kept;
}

const of = (samples: readonly Sample[], id: string) => samples.filter(({ row }) => row === id);

describe('runSuite()', () => {
  it('measures a block again that another program spoilt, and keeps both', async () => {
    const samples = await run((row, block) => (row === 'ours' && block === 1 ? 'foreign load' : undefined));
    assert.deepEqual(
      of(samples, 'ours')
        .slice(0, 2)
        .map(({ half, attempt, dropped }) => [half, attempt, dropped]),
      [
        [1, 1, 'foreign load'],
        [1, 2, undefined],
      ],
    );
    assert.equal(of(samples, 'bare').length, 6);
  });

  it('does not ask a row again for a rate that it cannot keep', async () => {
    const samples = await run((row) => (row === 'ours' ? BEHIND : undefined));
    assert.deepEqual(
      of(samples, 'ours').map(({ attempt }) => attempt),
      [1, 2, 1, 1, 1, 1, 1],
    );
  });

  it('asks a row again that was late once', async () => {
    const samples = await run((row, block) => (row === 'ours' && block === 1 ? BEHIND : undefined));
    assert.deepEqual(
      of(samples, 'ours').map(({ attempt, dropped }) => [attempt, dropped]),
      [[1, BEHIND], ...[2, 1, 1, 1, 1, 1].map((attempt) => [attempt, undefined])],
    );
  });

  it('gives up when no row keeps its rate, with the load of others in the words', async () => {
    await assert.rejects(
      run(() => BEHIND),
      (thrown) => thrown instanceof BusyError && thrown.message.includes('0.50 CPUs'),
    );
  });
});
