import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { examined, foundIn } from '../examined';

const sample = (code: string) => readFileSync(path.join(__dirname, '../samples', code, 'broken.yaml'), 'utf8');
const WORKERS = sample('GLB034');
const PANIC = sample('GLB045');
const ANNOTATION = 'doctor.grpc-load-balancing/';

/** `text` with what suppresses in it: nothing is found, and the suppression is listed. */
function assertSuppressed(text: string, code: string, reason: string): void {
  const { findings, suppressed, idle } = examined(text).diagnosis;
  assert.deepEqual(
    findings.map(({ says }) => says),
    [],
  );
  assert.deepEqual(
    suppressed.map(({ finding, by }) => [finding.rule.code, by.reason]),
    [[code, reason]],
  );
  assert.deepEqual(idle, []);
}

describe('an annotation', () => {
  const reason = 'many calls, few clients';
  const annotated = (indent: string) => `\n${indent}annotations: { ${ANNOTATION}GLB034: "${reason}" }`;

  it('suppresses a finding of its object', () => {
    const inBlock = WORKERS.replace(
      'metadata: { name: envoy, namespace: shop }\nspec:',
      `metadata:\n  name: envoy\n  namespace: shop${annotated('  ')}\nspec:`,
    );
    assertSuppressed(inBlock, 'GLB034', reason);
  });

  it('suppresses it on the pod template', () => {
    const text = WORKERS.replace(
      'metadata: { labels: { app: envoy } }',
      `metadata:\n      labels: { app: envoy }${annotated('      ')}`,
    );
    assertSuppressed(text, 'GLB034', reason);
  });

  it('suppresses it on the ConfigMap that holds the configuration', () => {
    const text = WORKERS.replace(
      'metadata: { name: envoy, namespace: shop }\ndata:',
      `metadata:\n  name: envoy\n  namespace: shop${annotated('  ')}\ndata:`,
    );
    assertSuppressed(text, 'GLB034', reason);
  });

  it('suppresses it on what owns the object', () => {
    const pod = WORKERS.replace(
      /kind: Deployment\nmetadata: \{ name: envoy, namespace: shop \}\nspec:[\s\S]*?template:\n {4}metadata: .*\n {4}spec:/,
      'kind: Pod\nmetadata:\n  name: envoy-1\n  namespace: shop\n  ownerReferences: [{ kind: ReplicaSet, name: envoy-abc }]\nspec:',
    ).replace('apiVersion: apps/v1\nkind: Pod', 'apiVersion: v1\nkind: Pod');
    assert.deepEqual(
      foundIn(pod).map((found) => found.split(' ')[0]),
      ['GLB034'],
    );
    const owner = (kind: string, name: string, rest: string) =>
      `---\napiVersion: apps/v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: shop${rest}\n`;
    const set = owner('ReplicaSet', 'envoy-abc', '\n  ownerReferences: [{ kind: Deployment, name: envoy }]');
    assertSuppressed(pod + set + owner('Deployment', 'envoy', annotated('  ')), 'GLB034', reason);
  });

  it('suppresses nothing of another object, and is listed as without effect', () => {
    const other = `---\napiVersion: v1\nkind: Service\nmetadata: { name: x, namespace: shop, annotations: { ${ANNOTATION}GLB034: y } }\n`;
    const { diagnosis } = examined(WORKERS + other);
    assert.deepEqual(
      diagnosis.findings.map(({ rule }) => rule.code),
      ['GLB034'],
    );
    assert.deepEqual(
      diagnosis.idle.map(({ code }) => code),
      ['GLB034'],
    );
  });
});

describe('a comment', () => {
  const comment = '# doctor:ignore GLB045: one pod at a time is ill';
  const reason = 'one pod at a time is ill';

  it('above an entry of a text in a ConfigMap covers the entry', () => {
    assertSuppressed(
      PANIC.replace('      - name: cart\n        type', `      ${comment}\n      - name: cart\n        type`),
      'GLB045',
      reason,
    );
  });

  it('at the end of a line covers the entry that begins there', () => {
    assertSuppressed(
      PANIC.replace('      - name: cart\n        type', `      - name: cart ${comment}\n        type`),
      'GLB045',
      reason,
    );
  });

  it('above the first line covers the configuration, and the object', () => {
    assertSuppressed(PANIC.replace('    admin:', `    ${comment}\n    # more\n\n    admin:`), 'GLB045', reason);
    assertSuppressed(`${comment}\n${PANIC}`, 'GLB045', reason);
  });

  it('covers nothing beside its entry', () => {
    const text = PANIC.replace('        type: STRICT_DNS', `        type: STRICT_DNS ${comment}`);
    assert.deepEqual(
      foundIn(text).map((found) => found.split(' ')[0]),
      ['GLB045'],
    );
    assert.equal(examined(text).diagnosis.idle.length, 1);
  });
});

describe('a suppression that is not right', () => {
  for (const [what, comment] of [
    ['without a reason', '# doctor:ignore GLB045'],
    ['with an empty reason', '# doctor:ignore GLB045:  '],
    ['of a rule that there is not', '# doctor:ignore GLB999: because'],
    ['of no rule', '# doctor:ignore'],
  ]) {
    it(`is a finding, and suppresses nothing: ${what}`, () => {
      const found = foundIn(`${comment}\n${PANIC}`).map((each) => each.split(' ')[0]);
      assert.deepEqual(found, ['GLB000', 'GLB045']);
    });
  }

  it('is a finding as an annotation, too', () => {
    const text = `apiVersion: v1\nkind: Service\nmetadata: { name: x, annotations: { ${ANNOTATION}GLB001: "" } }\n`;
    assert.deepEqual(foundIn(text), ['GLB000 3']);
  });
});
