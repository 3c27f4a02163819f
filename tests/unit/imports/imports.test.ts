// The table of imports against every source file, against ARCHITECTURE.md, and against imports that it forbids.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { IMPORT_TABLE, importTableText, PURE, type Row, SOLE_USERS } from './import-table';
import { rowOf, type Sources, unusedPermissions, violationsIn, violationsOf } from './violations';

const ROOT = path.join(__dirname, '../../..');
/** Folders of TypeScript that are no source of the project. */
const OTHERS = ['tests', 'node_modules', 'dist'];

function readSources(): Sources {
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !OTHERS.includes(entry.name))
    .map(({ name }) => name);
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.posix.join(folder, name)),
  );
  return new Map(files.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));
}

const sources = readSources();
const fileOf = (row: Row): string => {
  const file = [...sources.keys()].find((each) => rowOf(each) === row);
  assert.ok(file, row.place);
  return file;
};
/** A file of the row, and in it one statement more. */
const added = (row: Row, statement: string) => {
  const file = fileOf(row);
  return violationsIn(file, `${sources.get(file)}\n${statement}\n`);
};
const specifier = (from: string, to: string) => {
  const relative = path.posix.relative(path.posix.dirname(from), to.replace(/\.ts$/, ''));
  return relative.startsWith('.') ? relative : `./${relative}`;
};

describe('the table of imports', () => {
  it('holds for every source file, and each of its rows has files', () => {
    assert.deepEqual(violationsOf(sources), []);
  });

  it('permits nothing that no source makes use of', () => {
    assert.deepEqual(unusedPermissions(sources), []);
    const less = [...sources].filter(([file]) => !file.startsWith('local/screen/'));
    assert.ok(unusedPermissions(new Map(less)).includes('local/screen client'));
  });

  it('lets each row import only rows above it', () => {
    for (const [index, { place, imports }] of IMPORT_TABLE.entries()) {
      const above = IMPORT_TABLE.slice(0, index).map((row) => row.place);
      for (const name of imports) assert.ok(above.includes(name), `${place} may import ${name}, which is not above it`);
    }
  });

  it('is the one in ARCHITECTURE.md', () => {
    const text = readFileSync(path.join(ROOT, 'ARCHITECTURE.md'), 'utf8');
    const shown = /<!-- imports:[^>]*-->\n([\s\S]*?)<!-- end of imports -->/.exec(text)?.[1];
    assert.equal(shown, importTableText());
  });
});

describe('an import that the table forbids', () => {
  for (const row of IMPORT_TABLE) {
    const others = IMPORT_TABLE.filter((other) => other !== row && !row.imports.includes(other.place));
    it(`is noticed in ${row.place}`, () => {
      assert.ok(others.length > 0);
      for (const other of others) {
        const from = specifier(fileOf(row), fileOf(other));
        assert.equal(added(row, `import { it } from '${from}';`).length, 1, `${row.place} imports ${other.place}`);
      }
      assert.equal(added(row, `import { it } from 'a-package-of-npm';`).length, 1);
      if (!row.packages.includes('node')) assert.equal(added(row, `import { it } from 'node:fs';`).length, 1);
    });
  }

  const [proto, other] = [IMPORT_TABLE[0] as Row, fileOf(IMPORT_TABLE.at(-1) as Row)];
  const from = specifier(fileOf(proto), other);
  for (const statement of [
    `import '${from}';`,
    `import * as all from '${from}';`,
    `import type { T } from '${from}';`,
    `export * from '${from}';`,
    `export type { T } from '${from}';`,
    `const late = import('${from}');`,
    `const old = require('${from}');`,
    `import old = require('${from}');`,
    `let typed: import('${from}').T;`,
    'const any = import(name);',
    `import { test } from '${specifier(fileOf(proto), 'tests/run')}';`,
  ]) {
    it(`is noticed as ${statement.replace(from, 'FILE')}`, () => assert.equal(added(proto, statement).length, 1));
  }

  it('is noticed where a package has one user', () => {
    for (const [name, file] of Object.entries(SOLE_USERS)) {
      const row = rowOf(file) as Row;
      const neighbour = [...sources.keys()].find((each) => rowOf(each) === row && each !== file) ?? `${row.place}/a.ts`;
      assert.equal(violationsIn(neighbour, `import { it } from '${name}';`).length, 1, name);
      assert.equal(violationsIn(neighbour, `import type { It } from '${name}';`).length, 0, name);
      assert.equal(violationsIn(file, `import { it } from '${name}';`).length, 0, name);
    }
  });
});

describe('what else the table of imports notices', () => {
  it('a folder of source without a row, and a row without source', () => {
    const more = new Map([...sources, ['elsewhere/a.ts', ''], ['lab/elsewhere/a.ts', '']]);
    assert.equal(violationsOf(more).length, 2);
    for (const row of IMPORT_TABLE) {
      const less = new Map([...sources].filter(([file]) => rowOf(file) !== row).map(([file]) => [file, '']));
      assert.deepEqual(violationsOf(less), [`${row.place} has no source: its row is about nothing`]);
    }
  });

  it('process, anywhere but in a main.ts', () => {
    for (const text of [
      'const env = process.env;',
      'use(process);',
      'const { env } = process;',
      'globalThis.process.exit();',
      "import { env } from 'node:process';",
    ]) {
      assert.match(violationsIn('server/calls.ts', text).join(), /touches process/, text);
      assert.deepEqual(violationsIn('server/main.ts', text), [], text);
    }
    for (const text of ['pod.process.stop();', 'const all = { process: 1 };', "const word = 'process.env';"]) {
      assert.deepEqual(violationsIn('server/calls.ts', text), [], text);
    }
  });

  it('a clock, chance, or files where the same records have to give the same', () => {
    for (const place of PURE) {
      const file = fileOf(IMPORT_TABLE.find((row) => row.place === place) as Row);
      for (const text of ['Date.now();', 'new Date();', 'Math.random();', 'performance.now();']) {
        assert.equal(violationsIn(file, text).length, 1, `${text} in ${file}`);
      }
      assert.equal(violationsIn(file, "import { readFileSync } from 'node:fs';").length, 1, file);
      assert.deepEqual(violationsIn(file, 'new Date(0);'), []);
    }
  });
});
