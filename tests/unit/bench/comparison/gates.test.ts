import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QUICK_ROWS, QUICK_SUITES } from '../../../../bench/command-line';
import { GATES, judge, voidRows } from '../../../../bench/comparison/gates';
import { BEHIND } from '../../../../bench/records/sample';
import { recordOf, rowSamples, SUITE, sampleOf } from '../sample-record';

const base = rowSamples('bare', [100, 100, 100]);
const record = (control: readonly number[], ours: readonly number[]) =>
  recordOf([...base, ...rowSamples('bare-again', control), ...rowSamples('ours', ours)]);
const holds = (control: readonly number[], ours: readonly number[]) =>
  judge(record(control, ours)).map((gate) => gate.holds);

it('GATES are about rows that the quick run has', () => {
  assert.ok(GATES.length > 0);
  const controlled = ['bare', 'envoy'];
  for (const { suite, row, base } of GATES) {
    assert.ok(
      QUICK_SUITES.some((name) => name === suite),
      suite,
    );
    for (const id of [row, base]) assert.ok([...QUICK_ROWS, ...controlled].includes(id), id);
  }
});

describe('judge()', () => {
  it('fails a row whose good end is over the limit', () => {
    assert.deepEqual(holds([100, 100, 100], [124, 130, 140]), [true]);
    assert.deepEqual(holds([100, 100, 100], [126, 130, 140]), [false]);
  });

  it('gives as much room as two copies of the base differ, whichever of them is slower', () => {
    assert.deepEqual(holds([100, 104, 110], [136, 140, 140]), [true]);
    assert.deepEqual(holds([80, 90, 100], [150, 155, 160]), [true]);
    assert.deepEqual(holds([80, 90, 100], [160, 165, 170]), [false]);
  });

  it('judges nothing where a row or a number is missing', () => {
    assert.deepEqual(judge(recordOf(base)), []);
    assert.deepEqual(holds([100, 100], [500, 500]), []);
  });
});

describe('voidRows()', () => {
  it('names a ladder whose lowest rate was missed', () => {
    const ladder = {
      ...SUITE,
      id: 'capacity',
      isLadder: true as const,
      rows: [{ id: 'ours', label: 'ours', detail: '' }],
    };
    const late = [1, 2, 3].map((round) => sampleOf('ours', round, 1, 100, { suite: 'capacity', p99Ms: 20 }));
    assert.deepEqual(voidRows(recordOf(late, [ladder])), ['ours carries not even the lowest rate in most blocks']);
  });

  it('names each row that has too few rounds', () => {
    assert.deepEqual(voidRows(record([100, 100, 100], [100, 100, 100])), []);
    assert.deepEqual(voidRows(record([100, 100, 100], [100, 100])), [
      'servers, 1,500 calls/s on 4 connections: ours: 2 of 3 rounds are left',
    ]);
  });

  it('takes a rate that a row cannot keep for a result, but not for that of the base', () => {
    const behind = (row: string) => rowSamples(row, [100, 100, 100]).map((sample) => ({ ...sample, dropped: BEHIND }));
    assert.deepEqual(
      voidRows(recordOf([...base, ...rowSamples('bare-again', [100, 100, 100]), ...behind('ours')])),
      [],
    );
    const spoilt = recordOf([
      ...behind('bare'),
      ...rowSamples('bare-again', [1, 1, 1]),
      ...rowSamples('ours', [1, 1, 1]),
    ]);
    assert.equal(voidRows(spoilt).length, 3);
  });
});
