import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { askedPolicyChange, loopbackChanges } from '../../../local/envoy/envoy-overlay';
import { USAGE } from '../../../local/options';
import { describeOverlay } from '../../../local/overlay-list';

const DOCUMENT = readFileSync(path.join(__dirname, '../../../docs/local-stack.md'), 'utf8');

describe('docs/local-stack.md', () => {
  it('lists exactly what the overlay changes', () => {
    const list = /<!-- overlay:[^>]*-->\n([\s\S]*?)<!-- end of overlay -->/.exec(DOCUMENT)?.[1] ?? '';
    const loopback = loopbackChanges({ host: '', dns: { host: '', port: 0 }, platform: 'linux' });
    const changes = [...loopback, askedPolicyChange('NAME')];
    assert.deepEqual(
      list.trim().split('\n'),
      describeOverlay(changes).map((line) => `- ${line}`),
    );
  });

  it('has every option of the usage text, and no other', () => {
    const inUsage = USAGE.match(/^ {2}--[a-z]+/gm)?.map((text) => text.trim());
    const inDocument = [...DOCUMENT.matchAll(/^\| `(--[a-z]+)/gm)].map((match) => match[1]);
    assert.deepEqual(
      inDocument,
      inUsage?.filter((option) => option !== '--help'),
    );
  });
});
