// The server's fault endpoint ends processes on request. It is for the lab; what is shipped must not switch it on.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { it } from 'node:test';

const ROOT = path.join(__dirname, '..', '..');

it('no manifest switches the fault endpoint on', () => {
  const files = readdirSync(ROOT)
    .filter((name) => name.endsWith('_k8s'))
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        path.join(folder, name),
      ),
    )
    .filter((name) => name.endsWith('.yaml'));
  assert.ok(files.length > 20, `found ${files.length} manifests`);
  assert.deepEqual(
    files.filter((file) => readFileSync(path.join(ROOT, file), 'utf8').match(/\bFAULT_/)),
    [],
  );
});
