// What adopt writes is well in the eyes of the doctor: the two know the same rules of the trade, each for itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { before, describe, it } from 'node:test';
import type { Report } from '../../../doctor/output/report';
import { type Adopted, adoptAll, GO_ORDERS, PYTHON_IMAGES, SAMPLES } from '../../support/adopted';
import { examined } from './examined';

const GO = 'go-orders/orders.yaml';
const PYTHON = 'python-images/deployment.yaml';
/** What the doctor says of the samples as they are before the move. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  [GO]: ['GLB011', 'GLB023', 'GLB025', 'GLB060'],
  [PYTHON]: ['GLB011', 'GLB022', 'GLB025'],
};

function codesIn({ diagnosis }: Report): readonly string[] {
  return [...new Set(diagnosis.findings.map(({ rule }) => rule.code))].sort();
}

for (const [name, runs, given] of [
  ['a service in Go', [GO_ORDERS], [GO]],
  ['a service in Python', [PYTHON_IMAGES], [PYTHON]],
  ['both behind the same Envoys', [GO_ORDERS, PYTHON_IMAGES], [GO, PYTHON]],
] as const) {
  describe(`the doctor, asked about what adopt writes for ${name}`, () => {
    let adopted: Adopted;
    before(async () => {
      adopted = await adoptAll(runs);
      assert.deepEqual(adopted.problems, []);
    });
    const yaml = (isMeant: (file: string) => boolean) =>
      [...adopted.files].filter(([file]) => file.endsWith('.yaml') && isMeant(file)).map(([, text]) => text);
    const withoutPatched = () => yaml((file) => !file.includes('/patch/'));
    const asGiven = () => given.map((file) => readFileSync(path.join(SAMPLES, file), 'utf8'));
    const report = (texts: readonly string[]) => examined(texts.join('---\n'));

    it('finds nothing, and can look at everything', () => {
      const { diagnosis } = report(yaml(() => true));
      assert.deepEqual(diagnosis.findings, []);
      assert.deepEqual(diagnosis.suppressed, []);
      assert.deepEqual(diagnosis.blind, []);
      const passed = [...diagnosis.outcomes.values()].filter((outcome) => outcome === 'passed');
      assert.ok(passed.length > 50, `${passed.length} rules`);
    });

    it('finds nothing without the Deployment, and misses that alone', () => {
      const { diagnosis } = report(withoutPatched());
      assert.deepEqual(diagnosis.findings, []);
      assert.ok(diagnosis.blind.length > 0);
      for (const { needs } of diagnosis.blind) assert.match(needs, /^the (pods|Deployment) /);
    });

    it('finds in the Deployment of before what the patch mends', () => {
      const expected = given.flatMap((file) => BEFORE[file] ?? []);
      assert.deepEqual(codesIn(report([...withoutPatched(), ...asGiven()])), [...new Set(expected)].sort());
    });

    it('takes the Deployment of before and the patched one for two versions of one', () => {
      const codes = codesIn(report([...yaml(() => true), ...asGiven()]));
      assert.ok(codes.includes('GLB025'), 'it looks at both');
      assert.ok(!codes.includes('GLB063'), codes.join());
    });
  });
}
