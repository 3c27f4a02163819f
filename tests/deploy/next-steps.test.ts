// NEXT-STEPS.md of adopt, typed again for a second service: what the first has stays. A new authority for the adapter
// beside the old certificate would leave every autoscaler without a metric.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import test, { type TestContext } from 'node:test';
import { adoptAll, GO_ORDERS, PYTHON_IMAGES, textOf } from '../support/adopted';

/** Keeps Secrets as files, notes what it is asked, and says the authority of the adapter's. */
const KUBECTL = `#!/bin/bash
echo "$*" >>"$CALLS"
case "$*" in
  *'get secret'*jsonpath*) openssl base64 -A -in "$SECRETS/ca.crt" ;;
  *'get secret'*) [[ -e $SECRETS/$5 ]] ;;
  *'create secret'*)
    touch "$SECRETS/$6"
    for word; do [[ $word != --from-file=*ca.crt ]] || cp "\${word#*=}" "$SECRETS/ca.crt"; done ;;
esac
`;

test('step 2 of NEXT-STEPS.md can be typed again: certificate, password and authority stay', async (t) => {
  const adopted = await adoptAll([GO_ORDERS, PYTHON_IMAGES]);
  const [, step = ''] = /^## 2\.[\s\S]*?```sh\n([\s\S]*?)```/m.exec(textOf(adopted, 'NEXT-STEPS.md')) ?? [];
  const type = terminal(t);
  const first = type(step);
  const again = type(step);
  const secrets = (calls: readonly string[]) => calls.filter((call) => call.includes('create secret')).length;
  assert.deepEqual([secrets(first), secrets(again)], [2, 0]);
  const patch = (calls: readonly string[]) => calls.filter((call) => call.includes('caBundle'));
  assert.match(patch(first)[0] ?? '', /"caBundle":"[A-Za-z0-9+/=]{500,}"/);
  assert.deepEqual(patch(again), patch(first));
});

/** Types lines into a shell whose kubectl is the one above. @returns what each kubectl was asked */
function terminal(t: TestContext): (lines: string) => readonly string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'next-steps-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const kubectl = path.join(folder, 'kubectl');
  writeFileSync(kubectl, KUBECTL);
  chmodSync(kubectl, 0o755);
  const CALLS = path.join(folder, 'calls');
  return (lines) => {
    writeFileSync(CALLS, '');
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, CALLS, SECRETS: folder };
    execFileSync('bash', ['-c', lines], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    return readFileSync(CALLS, 'utf8').trim().split('\n');
  };
}
