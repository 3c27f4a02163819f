import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { eventsOf } from '../../../../lab/records/event';
import { readEvents } from '../../../../lab/records/events-file';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lab-events-'));
});
after(() => rm(folder, { recursive: true }));

test('readEvents() sorts by time and keeps the order of one instant', async () => {
  const file = path.join(folder, 'events.ndjson');
  const events = [
    { atMs: 2, kind: 'note', detail: { text: 'second' } },
    { atMs: 1, kind: 'note', detail: { text: 'first' } },
    { atMs: 2, kind: 'note', detail: { text: 'third' } },
  ];
  await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const read = await readEvents(file);
  assert.deepEqual(
    eventsOf(read, 'note').map(({ detail }) => detail?.text),
    ['first', 'second', 'third'],
  );
});
