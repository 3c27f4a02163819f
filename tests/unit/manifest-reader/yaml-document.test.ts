import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatYaml, openYaml, parseYaml } from '../../../manifest-reader/yaml-document';

const TEXT = `# First.
admin:
  port: 9901 # Of the admin endpoint.
clusters:
- name: greeter
  hosts: []
`;

describe('openYaml()', () => {
  it('reads scalars, lists and maps, and nothing where there is nothing', () => {
    const document = openYaml(TEXT);
    assert.equal(document.get(['admin', 'port']), 9901);
    assert.deepEqual(document.get(['clusters', 0]), { name: 'greeter', hosts: [] });
    assert.deepEqual(document.get(['clusters']), [{ name: 'greeter', hosts: [] }]);
    for (const path of [['nobody'], ['clusters', 1], ['admin', 'port', 'deeper']]) {
      assert.equal(document.get(path), undefined, path.join('.'));
    }
  });

  it('counts the items of lists and of nothing else', () => {
    const document = openYaml(TEXT);
    assert.equal(document.itemsAt(['clusters']), 1);
    assert.equal(document.itemsAt(['clusters', 0, 'hosts']), 0);
    assert.equal(document.itemsAt(['admin']), undefined);
    assert.equal(document.itemsAt(['nobody']), undefined);
  });

  it('changes what it is told, and leaves comments and the rest as they stand', () => {
    const document = openYaml(TEXT);
    assert.equal(document.set(['admin', 'host'], '127.0.0.1'), true);
    assert.equal(document.remove(['clusters', 0, 'hosts']), true);
    assert.equal(
      document.text(),
      '# First.\nadmin:\n  port: 9901 # Of the admin endpoint.\n  host: 127.0.0.1\nclusters:\n  - name: greeter\n',
    );
  });

  it('says so and changes nothing where a change finds no place', () => {
    const document = openYaml(TEXT);
    const before = document.text();
    assert.equal(document.set(['nobody', 'port'], 1), false);
    assert.equal(document.set(['admin', 'port', 'deeper'], 1), false);
    assert.equal(document.remove(['admin', 'host']), false);
    assert.equal(document.text(), before);
  });

  it('refuses what is no YAML, and says where', () => {
    assert.throws(() => openYaml('admin: ['), /at line 1, column 9/);
    assert.throws(() => parseYaml('admin: ['), /at line 1, column 9/);
  });
});

describe('formatYaml()', () => {
  it('writes what parseYaml() reads', () => {
    const value = { job: 'pods', 'on-error': 'no', targets: ['a: b', '8080', 8080, null], empty: {} };
    assert.deepEqual(parseYaml(formatYaml(value)), value);
  });
});
