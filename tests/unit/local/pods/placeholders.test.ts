import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillIn, placeholdersIn, unknownPlaceholders } from '../../../../local/pods/placeholders';

/** A variable of the shell, which no template literal is meant to fill in. */
const variable = (name: string) => `$${`{${name}}`}`;

describe('fillIn()', () => {
  const values = { address: '127.0.0.11', port: '9090' };
  for (const [command, filled] of [
    ['./orders {address}:{port} {port}', './orders 127.0.0.11:9090 9090'],
    [`./orders ${variable('port')}`, `./orders ${variable('port')}`],
    ['./orders {{port}}', './orders {port}'],
    ['./orders \'{"port": 1}\' {1,2} {Port}', './orders \'{"port": 1}\' {1,2} {Port}'],
  ] as const) {
    it(`makes ${filled} of ${command}`, () => assert.equal(fillIn(command, values), filled));
  }
});

describe('placeholdersIn()', () => {
  it('leaves out the shell’s words and those that stand for themselves', () => {
    assert.deepEqual(placeholdersIn(`a {port} ${variable('home')} {{pod}} {pod}`), ['port', 'pod']);
  });
});

describe('unknownPlaceholders()', () => {
  it('has a sentence for each word once', () => {
    assert.deepEqual(unknownPlaceholders('--server', '{adress} {port} {adress} {x}', ['address', 'port']), [
      '--server: expected {address}, {port}, or {{adress}} for the word itself, got {adress}',
      '--server: expected {address}, {port}, or {{x}} for the word itself, got {x}',
    ]);
  });
});
