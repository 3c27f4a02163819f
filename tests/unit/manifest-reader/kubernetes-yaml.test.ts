// What Kubernetes makes of YAML, held against what its own parser made of it: the tables are the answers of
// sigs.k8s.io/yaml v1.6.0, which kubectl and the API server of Kubernetes 1.35 use (YAMLToJSON on each document).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseKubernetesYaml, parseOneKubernetesYaml } from '../../../manifest-reader/kubernetes-yaml';

/** What a value in `x: SPELLING` is, and the spellings of it. */
const VALUES: readonly (readonly [value: unknown, spellings: readonly string[]])[] = [
  [-0, ['-0.0']],
  [true, ['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'y', 'Y', '!!bool "yes"', '!!bool "true"']],
  [false, ['false', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'n', 'N']],
  [null, ['~', 'null', 'Null', 'NULL', '!!null ""', '&a']],
  [8, ['010', '08', '0o10', '0O10', '+010', '01_0', '!!int "010"']],
  [9, ['09']],
  [-8, ['-010']],
  [0, ['0', '00', '0.', '-0', '+0']],
  [7, ['007']],
  [31, ['0x1F', '0X1f']],
  [-31, ['-0x1F']],
  [5, ['0b101', '.5e1', '!!int "5"', '!!float 5']],
  [-5, ['-0b101']],
  [1, ['0B1', '1_', '0x_1', '1.', '1.0']],
  [1000, ['1_000', '1e3', '1E3', '1e+3', '1.e3']],
  [10, ['1__0', '10', '+10']],
  [-10, ['-10']],
  [1.5, ['1.5', '!!float "1.5"']],
  [0.5, ['.5', '+.5']],
  [-0.5, ['-.5']],
  [0.0015, ['1.5e-3']],
  [9007199254740991, ['9007199254740991']],
  [100, ['100.0']],
  [1e21, ['1e21']],
  [1e-7, ['1e-7']],
  [123456789.123, ['123456789.123']],
  [0.1, ['0.1']],
  [1.35, ['1.35', '1.350']],
  ['5', ['!!str 5', '! 5', '!foo 5', '"5"', '!<tag:yaml.org,2002:str> 5']],
  ['yes', ['!!str yes', '! yes', "'yes'"]],
  ['bar', ['!foo bar']],
  ['aAB\n', ['"a\\x41\\u0042\\n"']],
  [10.5, ['1_0.5']],
  [1000.5, ['1_000.5']],
  [511, ['0777']],
  [888, ['0888']],
  [10000000000, ['1e1_0']],
  ['', ['!!str']],
];

/** Unquoted words that are text. */
const TEXTS = [
  'tRue',
  'yEs',
  'nULL',
  '_1',
  '1e',
  '1e400',
  '190:20:30',
  '1:30',
  '1:30.5',
  '0:0',
  '2001-01-01',
  '2001-12-14t21:59:43.10-05:00',
  '2001-12-14 21:59:43',
  '1,000',
  '12abc',
  '0x',
  '0xG',
  '=',
  '<<',
  '100m',
  '50%',
  'v1.35',
  '--1',
  '1 2',
  '0x10000000000000000',
  '0b11111111111111111111111111111111111111111111111111111111111111111',
  '.',
  '..',
  '+',
  '.e1',
  'e1',
  'Infinity',
  'inf',
  'nan',
  'NaN',
  '0x1p3',
  '0x1.8p1',
  '1p3',
  'INF',
  '-inf',
];

/** Whole documents. */
const DOCUMENTS: readonly (readonly [text: string, value: unknown])[] = [
  ['x: ', { x: null }],
  ['a: 1\na: 2', { a: 2 }],
  ['a: {b: 1, b: 2}', { a: { b: 2 } }],
  ['yes: 1', { true: 1 }],
  ['8080: a', { '8080': 'a' }],
  ['1.5: a', { '1.5': 'a' }],
  ['010: a', { '8': 'a' }],
  ['? 1\n: 2', { '1': 2 }],
  ['true: 1\ntrue: 2', { true: 2 }],
  ['base: &b {a: 1, c: 3}\nx:\n  <<: *b\n  a: 2', { base: { a: 1, c: 3 }, x: { a: 2, c: 3 } }],
  ['base: &b {a: 1}\nx:\n  a: 2\n  <<: *b', { base: { a: 1 }, x: { a: 1 } }],
  [
    'b1: &b1 {a: 1}\nb2: &b2 {a: 2, c: 3}\nx:\n  <<: [*b1, *b2]',
    { b1: { a: 1 }, b2: { a: 2, c: 3 }, x: { a: 1, c: 3 } },
  ],
  ['x:\n  <<: {a: 1}', { x: { a: 1 } }],
  ['x:\n  "<<": {a: 1}', { x: { '<<': { a: 1 } } }],
  ['a: &x [1, 2]\nb: *x', { a: [1, 2], b: [1, 2] }],
  ['x: |\n  a\n  b\n', { x: 'a\nb\n' }],
  ['x: >\n  a\n  b\n', { x: 'a b\n' }],
  ['x: |-\n  a', { x: 'a' }],
  ['', null],
  ['# only a comment', null],
  ['---\n', null],
  ['--- 5', 5],
  ['[1, yes, 010]', [1, true, 8]],
  ['%YAML 1.1\n---\nx: yes', { x: true }],
  ['x:\ty', { x: true }],
  ['x: a #c', { x: 'a' }],
  ['x: a#c', { x: 'a#c' }],
  ['x: {a, b: }', { x: { a: null, b: null } }],
  ['x: [a, ]', { x: ['a'] }],
  ['x: {"a":5}', { x: { a: 5 } }],
  ['{a:1}', { 'a:1': null }],
  ['{"a":1,}', { a: 1 }],
  ['a: 1\n---\nb: 2', { a: 1 }],
  ['a: 1\n...\n', { a: 1 }],
  ['x: "a\n  b"', { x: 'a b' }],
  ['x: a\n  b', { x: 'a b' }],
  ['x: 5\r\ny: 6\r\n', { true: 6, x: 5 }],
  ['﻿x: 1', { x: 1 }],
  ['x: 5 ', { x: 5 }],
  ['x: !!str\ny: 1', { true: 1, x: '' }],
  ['x: {y: !!str 5}', { x: { true: '5' } }],
  ['yes: {no: on}', { true: { false: true } }],
  ['x: !!map {a: 1}', { x: { a: 1 } }],
  ['x: !!seq [1]', { x: [1] }],
  ['-1: a', { '-1': 'a' }],
  ['1e3: a', { '1000': 'a' }],
  ['1_0: a', { '10': 'a' }],
  ['2001-01-01: a', { '2001-01-01': 'a' }],
  ['x: 5\nx : 6', { x: 6 }],
];

/** Documents that kubectl refuses to read. */
const BROKEN = [
  'x: .inf',
  'x: -.inf',
  'x: +.inf',
  'x: .Inf',
  'x: .INF',
  'x: .nan',
  'x: .NaN',
  'x: .NAN',
  'x: !!int five',
  'x: !!bool maybe',
  'x: -',
  'x: - 1',
  'null: a',
  '~: a',
  'x:\n  <<: 5',
  'x: *nope',
  '%YAML 1.2\n---\nx: yes',
  'x:\n\ty: 1',
  'a: b: c',
  'x: [1, 2',
  'x: "unclosed',
  'a: 1\n b: 2',
  '- a\nb: c',
  'x: @foo',
  'x: `foo`',
  'x: %foo',
  'x: ? y',
  '? [1]\n: a',
  '? {a: 1}\n: b',
];

/** Refused here, though kubectl reads them: tags that no manifest of a sound mind has. */
const RARE = ['x: !!binary aGk=', 'x: !!timestamp 2001-01-01', 'x: !!set {a, b}', 'x: !!omap [a: 1]', 'x: !!str [1]'];

describe('parseKubernetesYaml()', () => {
  for (const [value, spellings] of VALUES) {
    for (const spelling of spellings) {
      it(`reads ${spelling || 'nothing'} as ${JSON.stringify(value)}`, () => {
        assert.deepEqual(parseOneKubernetesYaml(`x: ${spelling}`), { x: value });
      });
    }
  }

  it('reads other words as plain text', () => {
    for (const text of TEXTS) assert.deepEqual(parseOneKubernetesYaml(`x: ${text}`), { x: text });
  });

  for (const [text, value] of DOCUMENTS) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseKubernetesYaml(text)[0] ?? null, value);
    });
  }

  for (const text of [...BROKEN, ...RARE, 'x: &x [*x]']) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseKubernetesYaml(text), Error));
  }

  it('keeps large numbers as near as a number can', () => {
    for (const [spelling, value] of [
      ['9223372036854775807', 2 ** 63],
      ['18446744073709551615', 2 ** 64],
      ['18446744073709551616', 2 ** 64],
      ['-9223372036854775809', -(2 ** 63)],
      ['0xffffffffffffffff', 2 ** 64],
    ] as const) {
      assert.deepEqual(parseOneKubernetesYaml(`x: ${spelling}`), { x: value });
    }
  });

  it('reads each document of a file, and leaves out those without content', () => {
    assert.deepEqual(parseKubernetesYaml('---\n# nothing\n---\na: 1\n---\n---\nb: on\n'), [{ a: 1 }, { b: true }]);
    assert.throws(() => parseOneKubernetesYaml('a: 1\n---\nb: 2'), /expected one document, got 2/);
  });
});
