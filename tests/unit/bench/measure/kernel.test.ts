import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foreignLoad, machineTime } from '../../../../bench/measure/machine-load';
import { useOf } from '../../../../bench/measure/process-use';

/** Process 10 with two threads, the second of which began process 20; 30 belongs to nobody here. */
const FILES: Readonly<Record<string, string>> = {
  '10/task/10/schedstat': '1000 100 5\n',
  '10/task/10/children': '\n',
  '10/task/11/schedstat': '2000 200 5\n',
  '10/task/11/children': '20 \n',
  '10/statm': '900 10 5 1 0 40 0\n',
  '20/task/20/schedstat': '4000 400 5\n',
  '20/task/20/children': '',
  '20/statm': '900 1 5 1 0 40 0\n',
  '30/task/30/schedstat': '9999 9999 9\n',
  stat: 'cpu  100 20 30 1000 5 1 2 4 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n',
};
const read = (path: string) => FILES[path];
const list = (path: string) =>
  [...new Set(Object.keys(FILES).filter((name) => name.startsWith(`${path}/`)))].flatMap((name) => {
    const rest = name.slice(path.length + 1).split('/');
    return rest[1] === 'schedstat' ? [rest[0] as string] : [];
  });

describe('useOf()', () => {
  it('adds up all threads of a process and of all that it began', () => {
    assert.deepEqual(useOf([10], read, list), { cpuNs: 7000, waitNs: 700, memoryBytes: 11 * 4096 });
  });

  it('is nothing for a process that is gone', () => {
    assert.deepEqual(useOf([99], read, list), { cpuNs: 0, waitNs: 0, memoryBytes: 0 });
  });

  it('reads this very process on Linux', { skip: process.platform !== 'linux' && 'there is no /proc' }, () => {
    const { cpuNs, memoryBytes } = useOf([process.pid]);
    assert.ok(cpuNs > 0 && memoryBytes > 1_000_000, `${cpuNs} ${memoryBytes}`);
  });
});

describe('foreignLoad()', () => {
  const before = machineTime(read);
  const after = { busyMs: before.busyMs + 900, lowPriorityMs: before.lowPriorityMs + 250 };
  const input = { before, after, elapsedMs: 1000, ownMs: 500, isOwnLowPriority: false };

  it('is what is busy and not ours, stolen time included, idle and waiting not', () => {
    assert.deepEqual(before, { busyMs: 1570, lowPriorityMs: 200 });
    assert.deepEqual(foreignLoad(input), { cpus: 0.4, lowPriorityCpus: 0.25 });
  });

  it('does not take our own low priority for that of others', () => {
    assert.equal(foreignLoad({ ...input, isOwnLowPriority: true }).lowPriorityCpus, 0);
  });

  it('is never below nothing: the two clocks differ by a tick', () => {
    assert.deepEqual(foreignLoad({ ...input, ownMs: 2000 }), { cpus: 0, lowPriorityCpus: 0 });
  });

  it('says so where there is no such file', () => {
    assert.throws(() => machineTime(() => undefined), /\/proc\/stat: expected a line that begins with cpu/);
  });
});
