import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { it } from 'node:test';
import { doctorPage } from '../../../scripts/doctor-page';

it('docs/doctor.md is what `npm run doctor:page` writes', () => {
  const page = readFileSync(path.join(__dirname, '../../../docs/doctor.md'), 'utf8');
  assert.equal(page, doctorPage());
});
