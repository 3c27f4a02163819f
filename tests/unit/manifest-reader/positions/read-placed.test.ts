import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Placed } from '../../../../manifest-reader/positions/placed';
import { readKubernetesText, readProgramText } from '../../../../manifest-reader/positions/read-placed';

const at = (line: number) => ({ file: 'a.yaml', line });
const read = (text: string): Placed => {
  const [document] = readKubernetesText(text, at);
  assert.ok(document);
  return document;
};

describe('readKubernetesText()', () => {
  it('says of each value on which line its key or its list item stands', () => {
    const document = read('# a comment\nkind: A\nspec:\n  ports:\n  - name: x\n    port: 1\n  - port: 2\n');
    assert.equal(document.place.line, 2);
    assert.equal(document.get('spec', 'ports').place.line, 4);
    assert.deepEqual(
      document
        .get('spec', 'ports')
        .items()
        .map((item) => [item.place.line, item.get('port').place.line, item.lastLine]),
      [
        [5, 6, 6],
        [7, 7, 7],
      ],
    );
  });

  it('gives what is missing the place of what it is missing in, and no value', () => {
    const missing = read('kind: A\nspec:\n  a: 1\n').get('spec', 'b', 'c', 0);
    assert.deepEqual([missing.value, missing.place.line, missing.items(), missing.entries()], [undefined, 2, [], []]);
    assert.equal(read('kind: A\nspec: null\n').get('spec').value, undefined);
  });

  it('has several documents, without the empty ones, each with the lines of the file', () => {
    const documents = readKubernetesText('---\nkind: A\n---\n# nothing\n---\nkind: B\n', at);
    assert.deepEqual(
      documents.map(({ value, place }) => [value, place.line]),
      [
        [{ kind: 'A' }, 2],
        [{ kind: 'B' }, 6],
      ],
    );
  });

  it('reads JSON, aliases and merged maps', () => {
    assert.equal(read('{\n "kind": "A",\n "spec": {"n":\n 3}\n}').get('spec', 'n').place.line, 3);
    const merged = read('base: &b\n  x: 1\n  z: 2\nother:\n  <<: *b\n  z: 3\nlist: [*b]\n');
    assert.deepEqual(
      merged
        .get('other')
        .entries()
        .map(([key, { value }]) => [key, value]),
      [
        ['x', 1],
        ['z', 3],
      ],
    );
    assert.equal(merged.get('list', 0, 'z').number(), 2);
    assert.equal(merged.get('list', 0).place.line, 7);
  });

  it('refuses what kubectl would not read', () => {
    assert.throws(() => readKubernetesText('a: [1\nb: 2\n', at));
    assert.throws(() => readKubernetesText('a: &x [*x]\n', at), /contains itself/);
  });
});

describe('a text inside a text', () => {
  const innerLine = (outer: string) => {
    const text = read(outer).get('data', 'f');
    const document = readProgramText(text.text() ?? '', (line) => text.placeOfLine(line));
    return document.get('b', 'c').place;
  };

  it('has the lines of the file where it is written line by line', () => {
    assert.deepEqual(innerLine('kind: A\ndata:\n  f: |\n    a: 1\n    b:\n      c: 2\n'), { file: 'a.yaml', line: 6 });
    assert.deepEqual(innerLine('kind: A\ndata:\n  f: |- # why\n\n    # first\n    a: 1\n    b:\n      c: 2\n'), at(8));
    assert.deepEqual(innerLine('kind: A\ndata:\n  f:\n    |\n    a: 1\n    b:\n      c: 2\n'), at(7));
  });

  it('has the line of the file and its own where it is on one line', () => {
    assert.deepEqual(innerLine('{"data": {\n"f": "a: 1\\nb:\\n  c: 2\\n"}}'), { file: 'a.yaml', line: 2, inner: 3 });
  });
});

describe('readProgramText()', () => {
  it('reads YAML 1.2, as programs do, and merges maps', () => {
    const document = readProgramText('a: &a { on: yes }\nb: { <<: *a }\n', at);
    assert.equal(document.get('b', 'on').value, 'yes');
  });

  it('refuses several documents, and none', () => {
    assert.throws(() => readProgramText('a: 1\n---\nb: 1\n', at), /one document/);
    assert.throws(() => readProgramText('a: [', at));
  });
});
