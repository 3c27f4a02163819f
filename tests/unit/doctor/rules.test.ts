// Each rule flags its broken sample and not the fixed twin of it, and none flags the project's own YAML.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { readInput } from '../../../doctor/input/read-input';
import type { Report } from '../../../doctor/output/report';
import { RULES } from '../../../doctor/rules/all';
import { examine } from '../../../doctor/run';
import { examined } from './examined';

const ROOT = path.join(__dirname, '../../..');
const SAMPLES = path.join(__dirname, 'samples');

function examinedFiles(folder: string, ...paths: readonly string[]): Report {
  return examine(readInput(paths, { folder, readStdin: () => '' }));
}

/** Rules about a thing that is not there, which has to be in the same input as what needs it. */
const ABOUT_ABSENCE: readonly string[] = ['GLB019'];

/** Where the rule found something, as `file:line`. */
function placesOf({ diagnosis }: Report, code: string): readonly string[] {
  return diagnosis.findings
    .filter(({ rule }) => rule.code === code)
    .map(({ place: { file, line } }) => `${file}:${line}`);
}

describe('the rules of the doctor', () => {
  it('have codes of their own, in order, and texts that read as they are printed', () => {
    const codes = RULES.map(({ code }) => code);
    assert.deepEqual(codes, [...new Set(codes)].sort());
    for (const { code, title, harm, cure, sources } of RULES) {
      assert.match(code, /^GLB\d{3}$/);
      for (const text of [title, harm, cure]) assert.doesNotMatch(text, /\.$|\n|^$/, `${code}: ${text}`);
      assert.ok(sources.length > 0, `${code} has no source`);
      for (const source of sources) assert.match(source, /^https:\/\/\S+$/, code);
    }
  });

  it('have a pair of samples each, and no sample is of no rule', () => {
    const codes = RULES.map(({ code }) => code);
    assert.deepEqual(readdirSync(SAMPLES).sort(), codes);
  });

  for (const { code, title } of RULES) {
    it(`${code} flags its broken sample and not the fixed one: ${title}`, () => {
      for (const name of ['broken.yaml', 'fixed.yaml']) assert.ok(existsSync(path.join(SAMPLES, code, name)), name);
      assert.notDeepEqual(placesOf(examinedFiles(path.join(SAMPLES, code), 'broken.yaml'), code), []);
      const fixed = examinedFiles(path.join(SAMPLES, code), 'fixed.yaml').diagnosis;
      const rule = RULES.find((each) => each.code === code);
      assert.equal(rule && fixed.outcomes.get(rule), 'passed', JSON.stringify(fixed.blind));
    });

    if (!ABOUT_ABSENCE.includes(code)) {
      it(`${code} takes nothing for wrong that may be in another file`, () => {
        const text = readFileSync(path.join(SAMPLES, code, 'fixed.yaml'), 'utf8');
        const documents = text.split('---\n');
        for (const missing of documents) {
          const rest = documents.filter((document) => document !== missing);
          const found = examined(rest.join('---\n')).diagnosis.findings.filter(({ rule }) => rule.code === code);
          assert.deepEqual(
            found.map(({ says }) => says),
            [],
            `without ${missing.split('\n')[1]}`,
          );
        }
      });
    }

    it(`${code} says nothing of an empty chain`, () => {
      const rule = RULES.find((each) => each.code === code);
      const { diagnosis } = examine({ texts: [], objects: [], bootstraps: [], others: [] });
      assert.equal(rule && diagnosis.outcomes.get(rule), 'not-applicable');
    });
  }
});

describe('the YAML of this project', () => {
  const folders = readdirSync(ROOT).filter((name) => name.endsWith('_k8s'));
  const { diagnosis } = examinedFiles(ROOT, ...folders);

  it('has nothing that a rule finds', () => {
    const found = diagnosis.findings.map(({ rule, place, says }) => `${rule.code} ${place.file}:${place.line} ${says}`);
    assert.deepEqual(found, []);
  });
});
