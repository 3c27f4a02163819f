// Every help text ends with examples, and each example is taken by the command line that it is for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { USAGE as ADOPT, parseOptions as parseAdopt } from '../../../adopt/options/options';
import { USAGE as BENCH, parseCommand as parseBench } from '../../../bench/command-line';
import { USAGE as DOCTOR, parseOptions as parseDoctor } from '../../../doctor/options';
import { USAGE as LAB, parseCommand as parseLab } from '../../../lab/command-line';
import { EXPERIMENTS } from '../../../lab/experiments/all';
import { USAGE as LOCAL, parseOptions as parseLocal } from '../../../local/options';

const ROOT = path.join(__dirname, '../../..');
const SHELL = readFileSync(path.join(ROOT, 'scripts/deploy/options.sh'), 'utf8');
const DEPLOY = /<<'USAGE'\n([\s\S]*?)^USAGE$/m.exec(SHELL)?.[1] ?? '';

type Parse = (args: readonly string[]) => { readonly kind: string };
const PROGRAMS: Readonly<Record<string, Parse>> = {
  './deploy-all.sh --local': parseLocal,
  './deploy-all.sh adopt': parseAdopt,
  './deploy-all.sh doctor': parseDoctor,
  'npm run lab --': (args) => parseLab(args, { experiments: EXPERIMENTS, backends: ['local', 'cluster'] }),
  'npm run bench --': parseBench,
};

/** The commands below "Examples:", those of several lines as one, without comments. */
function examplesOf(usage: string): readonly string[] {
  const [, text = ''] = usage.split('\nExamples:\n');
  return text
    .replace(/\|\n +/g, '| ')
    .split('\n')
    .map((line) => line.replace(/ +# .*/, '').trim())
    .filter((line) => line !== '');
}

const wordsOf = (command: string) =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

describe('--help', () => {
  for (const [name, usage] of Object.entries({ DEPLOY, LOCAL, ADOPT, DOCTOR, LAB, BENCH })) {
    it(`of ${name.toLowerCase()} ends with three examples that work as they stand`, () => {
      const examples = examplesOf(usage);
      assert.ok(examples.length >= 3, `${examples.length} examples`);
      for (const example of examples) {
        const command = example.split(' | ').find((part) => /^(\.\/deploy-all\.sh|npm run)/.test(part)) ?? '';
        assert.notEqual(command, '', example);
        const [program, parse] =
          Object.entries(PROGRAMS).find(([begin]) => `${command} `.startsWith(`${begin} `)) ?? [];
        if (program === undefined || parse === undefined) {
          const known = wordsOf(command).filter((word) => word.startsWith('--'));
          for (const option of known) assert.match(DEPLOY, new RegExp(`^ {2}${option}\\b`, 'm'), example);
          continue;
        }
        const parsed = parse(wordsOf(command.slice(program.length)));
        assert.ok(!['wrong', 'help'].includes(parsed.kind), `${example}: ${JSON.stringify(parsed)}`);
      }
    });
  }
});
