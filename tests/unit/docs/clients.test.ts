import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { clientsPage } from '../../../scripts/clients-page';

const ROOT = path.join(__dirname, '../../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

describe('docs/clients.md', () => {
  it('is what `npm run clients:page` writes', () => assert.equal(read('docs/clients.md'), clientsPage()));

  it('shows the very settings that were measured', () => {
    const page = read('docs/clients.md');
    for (const file of ['grpc-go/advised.go', 'grpcio/advised.py', 'grpc-js/advised.js']) {
      assert.ok(page.includes(read(`clients/${file}`).trimEnd()), file);
    }
  });
});
