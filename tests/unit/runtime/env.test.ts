import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  boolean,
  type Env,
  integer,
  number,
  oneOf,
  optionalNumber,
  optionalText,
  port,
  readSettings,
  text,
} from '../../../runtime/env';
import { ConfigError } from '../../../runtime/errors';
import { settingsProblems } from '../../support/settings-problems';

const SETTINGS = {
  port: port('PORT', 8080, 'a port'),
  waitMs: integer('WAIT_MS', 5, { min: 1, max: 10 }, 'a wait'),
  rate: optionalNumber('RATE', { min: 0.1, max: 100 }, 'a rate'),
  share: number('SHARE', 0.5, { min: 0, max: 1 }, 'a share'),
  loud: boolean('LOUD', false, 'a switch'),
  colour: oneOf('COLOUR', 'red', ['red', 'green'], 'a choice'),
  name: text('NAME', 'nobody', 'a name'),
  path: optionalText('PATH_TO', 'a path'),
};

const problemsOf = (env: Env) => settingsProblems(() => readSettings(SETTINGS, env));

describe('readSettings()', () => {
  it('takes the defaults when nothing is set, and when what is set is empty', () => {
    const defaults = {
      port: 8080,
      waitMs: 5,
      rate: undefined,
      share: 0.5,
      loud: false,
      colour: 'red',
      name: 'nobody',
      path: undefined,
    };
    assert.deepEqual(readSettings(SETTINGS, {}), defaults);
    assert.deepEqual(readSettings(SETTINGS, { PORT: '', RATE: ' ', NAME: '' }), defaults);
  });

  it('takes what is set, without the space around it', () => {
    const env = {
      PORT: '0',
      WAIT_MS: ' 10 ',
      RATE: '0.5',
      SHARE: '0',
      LOUD: 'true',
      COLOUR: 'green',
      NAME: 'x y',
      PATH_TO: '-',
    };
    const values = { port: 0, waitMs: 10, rate: 0.5, share: 0, loud: true, colour: 'green', name: 'x y', path: '-' };
    assert.deepEqual(readSettings(SETTINGS, env), values);
  });

  it('reports every bad variable at once, with its constraint and its value', () => {
    const env = { PORT: '65536', WAIT_MS: '0', RATE: 'fast', SHARE: '2', LOUD: 'yes', COLOUR: 'blue', NAME: 'a\nb' };
    assert.deepEqual(problemsOf(env), [
      'PORT: expected an integer 0-65535, got "65536"',
      'WAIT_MS: expected an integer 1-10, got "0"',
      'RATE: expected a number 0.1-100, got "fast"',
      'SHARE: expected a number 0-1, got "2"',
      'LOUD: expected true or false, got "yes"',
      'COLOUR: expected one of red|green, got "blue"',
      'NAME: expected text without control characters, got "a\\nb"',
    ]);
  });

  for (const bad of ['abc', '1.5', '-1', '1e3', '0x10', '9'.repeat(30), 'NaN', 'Infinity', '1 2', '٣']) {
    it(`refuses ${JSON.stringify(bad)} for a port`, () => {
      assert.deepEqual(problemsOf({ PORT: bad }), [`PORT: expected an integer 0-65535, got ${JSON.stringify(bad)}`]);
    });
  }

  it('asks `check` only when each value alone is sound', () => {
    const check = ({ port }: { port: number }) => (port === 1 ? ['PORT: not that one'] : []);
    assert.throws(() => readSettings(SETTINGS, { PORT: '1' }, check), new ConfigError(['PORT: not that one']));
    assert.throws(() => readSettings(SETTINGS, { PORT: 'x' }, check), /^ConfigError: PORT: expected an integer/);
    assert.equal(readSettings(SETTINGS, { PORT: '2' }, check).port, 2);
  });
});
