import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCommand, USAGE } from '../../../lab/command-line';
import type { Experiment } from '../../../lab/experiment';
import { fakeExperiment } from '../../support/fake-lab';

const fake = fakeExperiment as unknown as Experiment;
const elsewhere: Experiment = {
  ...fake,
  name: 'elsewhere',
  backends: ['cluster'],
  mutations: [],
  sizes: { full: {}, quick: {} },
};
const context = { experiments: [fake, elsewhere], backends: ['local', 'cluster'] as const };
const parse = (line: string) =>
  parseCommand(
    line.split(' ').filter((word) => word !== ''),
    context,
  );
const problems = (line: string) => {
  const command = parse(line);
  return command.kind === 'wrong' ? command.problems : [];
};

describe('parseCommand()', () => {
  it('has defaults for everything', () => {
    assert.deepEqual(parse('run fake'), {
      kind: 'run',
      experiments: [fake],
      backend: 'local',
      out: 'lab/results',
      quick: false,
      seed: undefined,
      minutes: undefined,
      network: '127.0.0',
      json: false,
    });
  });

  it('takes every option', () => {
    const line = 'run fake fake --on local --out here --quick --seed 0 --minutes 5 --network 127.77.5 --json';
    assert.deepEqual(parse(line), {
      kind: 'run',
      experiments: [fake],
      backend: 'local',
      out: 'here',
      quick: true,
      seed: 0,
      minutes: 5,
      network: '127.77.5',
      json: true,
    });
    assert.deepEqual(parse('report'), { kind: 'report', folder: 'lab/results', images: undefined, json: false });
    assert.deepEqual(parse('report DIR --images pictures'), {
      kind: 'report',
      folder: 'DIR',
      images: 'pictures',
      json: false,
    });
    assert.deepEqual(parse('compare A B'), { kind: 'compare', left: 'A', right: 'B', json: false });
    assert.deepEqual(parse('list --json'), { kind: 'list', json: true });
    assert.deepEqual(parse('docs A B --out there.md --images pictures --json'), {
      kind: 'docs',
      folders: ['A', 'B'],
      out: 'there.md',
      images: 'pictures',
      json: true,
    });
  });

  it('documents the usual results in the usual place', () => {
    const usual = {
      kind: 'docs',
      folders: ['lab/results'],
      out: 'docs/experiments.md',
      images: undefined,
      json: false,
    };
    assert.deepEqual(parse('docs'), usual);
  });

  it('runs with "all" every experiment of that backend, and mutates without a name every one with mutations', () => {
    const names = (line: string) => {
      const command = parse(line);
      return 'experiments' in command ? command.experiments.map(({ name }) => name) : command;
    };
    assert.deepEqual(names('run all'), ['fake']);
    assert.deepEqual(names('run all --on cluster'), ['elsewhere']);
    assert.deepEqual(names('mutate'), ['fake']);
    assert.deepEqual(names('mutate all --quick'), ['fake']);
  });

  for (const line of ['--help', '-h', 'run --help', 'help']) {
    it(`shows the usage for ${line}`, () => assert.deepEqual(parse(line), { kind: 'help' }));
  }

  for (const [line, ...expected] of [
    ['', 'expected a command, one of list, run, mutate, report, compare, docs, got nothing'],
    ['fly', 'expected a command, one of list, run, mutate, report, compare, docs, got "fly"'],
    ['toString', 'expected a command, one of list, run, mutate, report, compare, docs, got "toString"'],
    ['run', 'run: expected the name of an experiment, or all; `list` shows them'],
    ['run nothing', 'nothing: no such experiment; there are fake, elsewhere'],
    ['run elsewhere', 'elsewhere: has nothing to run on local'],
    ['mutate elsewhere --on cluster', 'elsewhere: has nothing to mutate on cluster'],
    ['run all fake', 'run: give names or all, got all fake'],
    ['run elsewhere --on cluster --network 127.0.1', '--network: has no meaning on a cluster'],
    ['run elsewhere --on cluster --minutes 3', '--minutes: none of these experiments is measured in minutes'],
    ['report A B', 'report: expected 1 DIR, got 2'],
    ['compare A', 'compare: expected 2 DIR, got 1'],
    ['list fake', 'fake: no argument is expected here'],
    ['docs DIR --on local --quick', '--on: has no meaning for docs', '--quick: has no meaning for docs'],
    ['docs --out', '--out: expected a value'],
    ['report DIR --quick', '--quick: has no meaning for report'],
    ['run fake --seed', '--seed: expected a value'],
    ['run fake --seed --quick', '--seed: expected a value'],
    ['run fake --quick=yes', '--quick: takes no value, got "yes"'],
    [
      'run fake --on mars --seed -1 --minutes 1.5 --network 10.0.0 --loud',
      '--loud: no such option',
      '--on: expected one of local, cluster, got "mars"',
      '--network: expected three numbers of a loopback network such as 127.0.1, got "10.0.0"',
      '--minutes: expected an integer 1-1440, got "1.5"',
      '--seed: expected an integer 0-2147483647, got "-1"',
    ],
  ] as readonly (readonly [string, ...string[]])[]) {
    it(`refuses "${line}"`, () => assert.deepEqual(problems(line), expected));
  }

  it('describes every option', () => {
    for (const flag of ['on', 'out', 'quick', 'seed', 'minutes', 'network', 'images', 'json', 'help']) {
      assert.match(USAGE, new RegExp(`--${flag}\\b`));
    }
    for (const command of ['list', 'run', 'mutate', 'report', 'compare', 'docs']) {
      assert.match(USAGE, new RegExp(`^  ${command} `, 'm'));
    }
  });
});
