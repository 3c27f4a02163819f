import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { humanText } from '../../../../doctor/output/human-text';
import { jsonText } from '../../../../doctor/output/json-text';
import { sarifText } from '../../../../doctor/output/sarif-text';
import { RULES } from '../../../../doctor/rules/all';
import { examined } from '../examined';

const sample = (name: string) => readFileSync(path.join(__dirname, '../samples', name), 'utf8');
const BROKEN = sample('GLB001/broken.yaml');
const plain = (_: string, text: string) => text;

describe('humanText()', () => {
  it('groups findings by object, with line, harm, cure and source', () => {
    const text = humanText(examined(BROKEN), plain);
    const line = BROKEN.split('\n').findIndex((each) => each.includes('address: cart')) + 1;
    assert.match(text, /^ConfigMap shop\/envoy \(envoy\.yaml\), cluster cart\n {2}GLB001 · error · stdin:\d+\n/);
    assert.ok(text.includes(`GLB001 · error · stdin:${line}\n`), text);
    for (const word of ['harm', 'cure', 'source']) assert.match(text, new RegExp(`^ {4}${word} +\\S`, 'm'));
  });

  it('names the template of a rendered object', () => {
    const text = humanText(examined(`# Source: shop/templates/envoy.yaml\n${BROKEN}`), plain);
    assert.match(text, /rendered from {2}shop\/templates\/envoy\.yaml/);
  });

  it('counts each rule once, and never calls what could not be looked at passed', () => {
    const withoutServices = BROKEN.split('---\n')
      .filter((part) => !part.includes('kind: Service'))
      .join('---\n');
    const report = examined(withoutServices);
    const text = humanText(report, plain);
    const [, checked, , absent, blind] =
      /checked (\d+), passed (\d+), not applicable (\d+), could not look (\d+)/.exec(text) ?? [];
    assert.equal(Number(checked) + Number(absent) + Number(blind), RULES.length);
    assert.ok(Number(blind) > 0);
    assert.match(text, /^Could not look\n(.*\n)* {2}GLB001.* · .*: it needs the Service that cart means$/m);
  });

  it('lists kinds that it does not know', () => {
    const text = humanText(examined('apiVersion: a.example.com/v1\nkind: Odd\nmetadata: { name: a }\n'), plain);
    assert.match(text, /1 × Odd \(a\.example\.com\/v1\)/);
  });
});

describe('jsonText()', () => {
  it('is one object with what the text has', () => {
    const { summary, findings, rules } = JSON.parse(jsonText(examined(BROKEN)));
    assert.deepEqual(summary.findings, { error: 1, warning: 0, info: 0 });
    assert.equal(rules.length, RULES.length);
    const { code, level, object, file } = findings[0];
    const label = 'ConfigMap shop/envoy (envoy.yaml), cluster cart';
    assert.deepEqual({ code, level, object, file }, { code: 'GLB001', level: 'error', object: label, file: 'stdin' });
  });
});

describe('sarifText()', () => {
  it('is complete with no finding', () => {
    const { $schema, version, runs } = JSON.parse(sarifText(examined('')));
    assert.match($schema, /sarif-2\.1\.0/);
    assert.equal(version, '2.1.0');
    assert.deepEqual(runs[0].results, []);
    assert.equal(runs[0].tool.driver.rules.length, RULES.length + 1);
  });

  it('has a rule, a level, a message and a relative place for each result', () => {
    const [run] = JSON.parse(sarifText(examined(BROKEN))).runs;
    for (const { ruleId, ruleIndex, level, message, locations } of run.results) {
      assert.equal(run.tool.driver.rules[ruleIndex].id, ruleId);
      assert.ok(['error', 'warning', 'note'].includes(level));
      assert.ok(message.text.length > 0);
      const { artifactLocation, region } = locations[0].physicalLocation;
      assert.equal(artifactLocation.uri, 'stdin');
      assert.ok(Number.isInteger(region.startLine) && region.startLine > 0);
    }
    assert.equal(run.results.length, 1);
  });

  it('says that a result is suppressed, and why', () => {
    const [run] = JSON.parse(sarifText(examined(`# doctor:ignore GLB001: later\n${BROKEN}`))).runs;
    assert.deepEqual(run.results[0].suppressions, [{ kind: 'inSource', justification: 'later' }]);
  });
});
