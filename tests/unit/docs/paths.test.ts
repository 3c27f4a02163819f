// A file that a document or a comment names is there. Such names go stale unseen: nothing compiles a sentence.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';

const ROOT = path.join(__dirname, '../../..');
/** A path with a folder and an ending, from the root of the project; patterns such as `*.yaml` are none. */
const PATH = /(?<![\w./-])(?:[\w-]+\/)+[\w.-]+\.(?:ts|sh|yaml|md|json|txt)\b/g;
const COMMENT: Readonly<Record<string, RegExp>> = { '.ts': /^\s*(?:\/\/|\/?\*)/, '.yaml': /#/, '.sh': /#/, '': /#/ };

/** The paths that the prose of a file names: all of a document, the comments of anything else. */
function pathsNamedIn(file: string, text: string): string[] {
  const comment = COMMENT[path.extname(file)];
  const prose = text.split('\n').filter((line) => comment === undefined || comment.test(line));
  return prose.flatMap((line) => line.match(PATH) ?? []);
}

const files = execFileSync('git', ['ls-files', '--', '*.md', '*.ts', '*.yaml', '*.sh', 'Dockerfile.*', '.ci/run'], {
  cwd: ROOT,
  encoding: 'utf8',
}).split('\n');
const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));

/** Paths that begin in a folder of ours, or beside `file`; others belong to other projects. */
function isMissing(file: string, named: string): boolean {
  const beside = path.join(ROOT, path.dirname(file), named);
  return folders.has(named.split('/')[0]) && !existsSync(path.join(ROOT, named)) && !existsSync(beside);
}

describe('paths in documents and comments', () => {
  it('name files that are there', () => {
    const missing = files
      .filter((file) => file !== '' && existsSync(path.join(ROOT, file)))
      .flatMap((file) =>
        pathsNamedIn(file, readFileSync(path.join(ROOT, file), 'utf8'))
          .filter((named) => isMissing(file, named))
          .map((named) => `${file} names ${named}`),
      );
    assert.deepEqual(missing, []);
  });

  it('are read from prose only, and missed when they are gone', () => {
    assert.deepEqual(pathsNamedIn('a.ts', "// see lab/gone.ts\nimport './lab/there.ts';\n"), ['lab/gone.ts']);
    assert.deepEqual(pathsNamedIn('a.md', 'In `docs/gone.md`, and in other/README.md.'), [
      'docs/gone.md',
      'other/README.md',
    ]);
    assert.ok(isMissing('a.md', 'docs/gone.md'));
    assert.ok(!isMissing('a.md', 'other/README.md'));
    assert.ok(!isMissing('a.md', 'docs/limits.md'));
  });
});
