import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { it } from 'node:test';
import { settingsPage } from '../../../scripts/settings-page';

it('docs/settings.md is what `npm run settings` writes', () => {
  const page = readFileSync(path.join(__dirname, '../../../docs/settings.md'), 'utf8');
  assert.equal(page, settingsPage());
});
