import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renameInComments, stripComments } from '../../../../adopt/yaml-text/comments';
import { YamlText } from '../../../../adopt/yaml-text/yaml-text';

const TEXT = `# head
a: 1 # one
b: "two"
map:
  # above x
  x: old # beside x
  y: { z: 3 } # flow
list:

# above the first
- name: first
  value: 1
# above the second
- name: second
  value: 2 # two
block: |
  line 1

  line 3
last: end
`;

describe('YamlText', () => {
  const edited = (edit: (text: YamlText) => void) => {
    const text = new YamlText('file.yaml', TEXT);
    edit(text);
    return text.text;
  };

  it('set() changes one value and no other byte, and keeps quotes', () => {
    assert.equal(
      edited((text) => text.set(['a'], 'yes')),
      TEXT.replace('a: 1', 'a: yes'),
    );
    assert.equal(
      edited((text) => text.set(['b'], 'x')),
      TEXT.replace('"two"', '"x"'),
    );
    assert.equal(
      edited((text) => text.set(['a'], '50')),
      TEXT.replace('a: 1', 'a: "50"'),
    );
    assert.equal(
      edited((text) => text.set(['map', 'y', 'z'], 4)),
      TEXT.replace('z: 3', 'z: 4'),
    );
  });

  it('change() gives the line another comment, where the value is another', () => {
    assert.equal(
      edited((text) => text.change(['map', 'x'], 'new', 'now')),
      TEXT.replace('old # beside x', 'new # now'),
    );
    assert.equal(
      edited((text) => text.change(['map', 'y', 'z'], 4, 'now')),
      TEXT.replace('3 } # flow', '4 } # now'),
    );
    assert.equal(
      edited((text) => text.change(['map', 'x'], 'old', 'now')),
      TEXT,
    );
  });

  it('setEntries() and setBlock() replace what stands there, at its margin', () => {
    assert.equal(
      edited((text) => text.setEntries(['map'], { p: 'true', q: 'r' })),
      TEXT.replace('x: old # beside x\n  y: { z: 3 }', 'p: "true"\n  q: r'),
    );
    assert.equal(
      edited((text) => text.setBlock(['block'], 'new\n\nlines\n')),
      TEXT.replace(/line 1\n\n {2}line 3/, 'new\n\n  lines'),
    );
  });

  it('item() is the lines of one with the comments above it, replaceItem() puts any number in its place', () => {
    const text = new YamlText('file.yaml', TEXT);
    assert.equal(text.item(['list', 1]).text, '# above the second\n- name: second\n  value: 2 # two\n');
    assert.equal(text.item(['list', 0]).text, '\n# above the first\n- name: first\n  value: 1\n');
    text.replaceItem(['list', 1], ['- name: third\n', '- name: fourth\n']);
    assert.deepEqual(text.value(['list']), [{ name: 'first', value: 1 }, { name: 'third' }, { name: 'fourth' }]);
    text.replaceItem(['list', 1], []);
    assert.equal((text.value(['list']) as unknown[]).length, 2);
  });

  it('remove() takes the comments above along, setCommentAbove() replaces them', () => {
    assert.equal(
      edited((text) => text.remove(['map', 'x'])),
      TEXT.replace('  # above x\n  x: old # beside x\n', ''),
    );
    assert.equal(
      edited((text) => text.setCommentAbove(['map', 'x'], ['new', 'lines'])),
      TEXT.replace('# above x', '# new\n  # lines'),
    );
    assert.equal(
      edited((text) => text.setCommentAbove(['a'], ['other'])),
      TEXT.replace('# head', '# other'),
    );
  });

  it('says where something is missing', () => {
    const text = new YamlText('file.yaml', TEXT);
    assert.throws(() => text.set(['map', 'nothing'], 1), /^YamlTextError: file\.yaml: map\.nothing: expected a value$/);
    assert.throws(() => text.set(['map'], 1), /map: expected one value/);
    assert.throws(() => text.indexOf(['list'], 'name', 'fifth'), /list: expected an item whose name is "fifth"/);
    assert.throws(() => new YamlText('file.yaml', 'a: ['), /^Error: file\.yaml: /);
  });
});

describe('renameInComments()', () => {
  it('changes whole words of comments, the first that fits, and no value', () => {
    const words = [
      ['grpc_server_k8s/x.yaml', 'x'],
      ['grpc-server', 'orders'],
    ] as const;
    const text =
      '# grpc-server, grpc-server-headless, grpc_server_k8s/x.yaml\na: grpc-server # of grpc-server\nb: "#grpc-server"\n';
    assert.equal(
      renameInComments(text, words),
      '# orders, grpc-server-headless, x\na: grpc-server # of orders\nb: "#grpc-server"\n',
    );
  });

  it('breaks a line that becomes too long', () => {
    const renamed = renameInComments(`  # ${'word '.repeat(22)}short end\na: 1\n`, [
      ['short', 'much-longer-than-before'],
    ]);
    assert.deepEqual(
      renamed.split('\n').map((line) => line.length <= 120),
      [true, true, true, true],
    );
    assert.equal(
      renamed.replaceAll('\n  # ', ' ').replace('much-longer-than-before', 'short'),
      `  # ${'word '.repeat(22)}short end\na: 1\n`,
    );
  });
});

describe('stripComments()', () => {
  it('leaves values alone', () => {
    assert.equal(stripComments('# all\na: "x#y" # tail\n\n  # more\nb: 1\n'), 'a: "x#y"\nb: 1\n');
  });
});
