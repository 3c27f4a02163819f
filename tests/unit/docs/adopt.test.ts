// docs/adopt.md shows runs of adopt: what they print is what it prints now.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { adoptInto, SAMPLES } from '../../support/adopted';

const SHOWN: Readonly<Record<string, string>> = {
  'orders.proto': 'go-orders/orders.proto',
  'orders.yaml': 'go-orders/orders.yaml',
  'images.proto': 'python-images/images.proto',
  'images.yaml': 'python-images/deployment.yaml',
};

describe('docs/adopt.md', () => {
  it('shows what adopt prints', async () => {
    const text = readFileSync(path.join(__dirname, '../../../docs/adopt.md'), 'utf8');
    const runs = [...text.matchAll(/^\$ \.\/deploy-all\.sh adopt (.*)\n((?:(?!\$|```).*\n)*)/gm)];
    assert.equal(runs.length, 3);
    const parent = mkdtempSync(path.join(tmpdir(), 'adopt-'));
    try {
      for (const [, line = '', shown] of runs) {
        const words = line.split(' ').map((word) => word.replaceAll("'", ''));
        const out = words.includes('--out') ? words.indexOf('--out') : words.length;
        const args = [...words.slice(0, out), ...words.slice(out + 2)].map((word) => {
          const sample = SHOWN[word];
          return sample === undefined ? word : path.join(SAMPLES, sample);
        });
        const folder = path.join(parent, words[out + 1] ?? 'adopted');
        const { problems, text: printed } = await adoptInto(folder, args);
        const complaints = problems.map((problem) => `adopt: ${problem}\n`).join('');
        const end = problems.length > 0 ? 'adopt: nothing was written; --help tells what there is\n' : '';
        assert.equal(complaints + end + printed.replaceAll(folder, words[out + 1] ?? ''), shown);
      }
    } finally {
      rmSync(parent, { recursive: true });
    }
  });
});
