import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { createRecorder } from '../../../../lab/records/recorder';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lab-events-'));
});
after(() => rm(folder, { recursive: true }));

test('createRecorder() says so when its folder is not there', async () => {
  const recorder = createRecorder({ folder: path.join(folder, 'nowhere'), now: () => 1 });
  recorder.note('lost');
  await assert.rejects(recorder.close(), /cannot write .*nowhere/);
});
