import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFlags } from '../../../command-line/flags';

const TABLE = { rate: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;

function read(...args: readonly string[]) {
  const problems: string[] = [];
  return { flags: readFlags(args, TABLE, problems), problems };
}

describe('readFlags()', () => {
  it('distinguishes words, values and switches', () => {
    const { flags, problems } = read('run', '--rate', '5', '-h', '--', '--json');
    assert.deepEqual(flags.words, ['run', '--json']);
    assert.deepEqual(flags.given, ['rate', 'help']);
    assert.equal(flags.text('rate'), '5');
    assert.ok(flags.has('help') && !flags.has('json'));
    assert.deepEqual(problems, []);
  });

  it('takes the last of several values', () => assert.equal(read('--rate=1', '--rate=2').flags.text('rate'), '2'));

  it('keeps every problem', () => {
    const { flags, problems } = read('--colour', '--json=no', '--rate', '--json', '--rate=');
    assert.deepEqual(problems, [
      '--colour: no such option',
      '--json: takes no value, got "no"',
      '--rate: expected a value',
      '--rate: expected a value',
    ]);
    assert.deepEqual(flags.given, []);
  });

  it('reads a value, or says what was expected', () => {
    const { flags, problems } = read('--rate', 'fast');
    assert.equal(flags.read('rate', 'a number', Number), Number.NaN);
    assert.equal(
      flags.read('rate', 'a number', () => undefined),
      undefined,
    );
    assert.equal(
      read().flags.read('rate', 'a number', () => 1),
      undefined,
    );
    assert.deepEqual(problems, ['--rate: expected a number, got "fast"']);
  });
});
