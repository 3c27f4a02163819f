import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { createRunCommand } from '../../../../../command-line/run-command';
import { parsePsTime, readProcessUse } from '../../../../../lab/system/local/process-use';

const run = createRunCommand(process.env);

describe('readProcessUse()', () => {
  it('reads memory, CPU time and descriptors of a process', async () => {
    const use = await readProcessUse(process.pid, run);
    const { user, system } = process.cpuUsage();
    assert.ok(use.residentBytes > 1e7 && use.residentBytes < 1e10, `${use.residentBytes} bytes`);
    const differenceS = Math.abs((use.cpuSeconds ?? 0) - (user + system) / 1e6);
    assert.ok(differenceS < 0.2, `differs by ${differenceS} s from what the process says of itself`);
    assert.ok(use.openDescriptors === undefined || use.openDescriptors > 2);
  });

  it('rejects for a process that has ended', async () => {
    const child = spawn('true');
    await once(child, 'close');
    await assert.rejects(readProcessUse(child.pid ?? 0, run));
  });
});

describe('parsePsTime()', () => {
  for (const [text, seconds] of [
    ['00:00:07', 7],
    ['01:02:03', 3723],
    ['1-02:03:04', 93_784],
    ['3:04.56', 184.56],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parsePsTime(text), seconds));
  }
});
