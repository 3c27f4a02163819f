import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergeRecords } from '../../../../bench/records/merge-records';
import { recordOf, rowSamples, SUITE, sampleOf } from '../sample-record';

const PATHS = { ...SUITE, id: 'paths' };
const first = recordOf([...rowSamples('ours', [100]), sampleOf('ours', 1, 1, 7, { suite: 'paths' })], [SUITE, PATHS]);
const again = { ...recordOf(rowSamples('ours', [50]), [SUITE]), startedAt: '2026-12-01T00:00:00.000Z' };

describe('mergeRecords()', () => {
  it('puts a suite that was measured again in the place of the older one, and says when', () => {
    const { suites, samples, minutes } = mergeRecords([first, again]);
    assert.deepEqual(
      suites.map(({ id, measured }) => [id, measured?.startedAt]),
      [
        ['servers', '2026-12-01T00:00:00.000Z'],
        ['paths', undefined],
      ],
    );
    assert.deepEqual(
      samples.map(({ suite, hops }) => [suite, hops.server?.cpuMs]),
      [
        ['paths', 7],
        ['servers', 50],
        ['servers', 50],
      ],
    );
    assert.equal(minutes, 40);
  });

  it('adds a suite that the first run did not have', () => {
    const more = recordOf([], [{ ...SUITE, id: 'growth' }]);
    assert.deepEqual(
      mergeRecords([first, more]).suites.map(({ id }) => id),
      ['servers', 'paths', 'growth'],
    );
  });

  it('refuses a record of another machine, and a quick one beside a full one', () => {
    const other = { ...again, machine: { ...again.machine, cpus: 64 } };
    assert.throws(() => mergeRecords([first, other]), /cpus is 2 in one, 64 in another/);
    assert.throws(() => mergeRecords([first, { ...again, isQuick: true }]), /quick run/);
  });
});
