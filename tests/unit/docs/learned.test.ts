// What README.md says that the runs have shown is what the linked documents say.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { learnedList, withLearned } from '../../../scripts/learned';

const ROOT = path.join(__dirname, '../../..');
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const readPage = (name: string) => readFileSync(path.join(ROOT, 'docs', name), 'utf8');
const anchorsOf = (page: string) =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'));

describe('What we learned', () => {
  it('is what `npm run learned` writes, so that no number of it can drift', () => {
    assert.equal(README, withLearned(README, learnedList()));
  });

  it('has ten sentences, each with a number and a link to where it stands', () => {
    const lines = learnedList().trimEnd().split('\n');
    assert.equal(lines.length, 10);
    for (const line of lines) {
      const [, number = '', page = '', anchor = ''] =
        /\*\*([^*]+)\*\*.*\]\(docs\/([\w.]+)#([\w-]+)\)\)$/.exec(line) ?? [];
      assert.match(number, /\d/, line);
      assert.ok(anchorsOf(readPage(page)).includes(anchor), line);
      // Each number as it is written there; only whole counts get their thousands set apart.
      for (const [digits] of line.replace(/\(\[.*/, '').matchAll(/\d[\d.,]*\d|\d/g)) {
        const text = readPage(page);
        assert.ok(text.includes(digits) || text.includes(digits.replaceAll(',', '')), `${digits} of: ${line}`);
      }
    }
  });

  it('says another number when a document does, and nothing when the number is gone', () => {
    const changed = (from: string, to: string) => (name: string) => {
      const page = readPage(name);
      return name === 'clients.md' ? page.replaceAll(from, to) : page;
    };
    const row =
      readPage('clients.md')
        .split('\n')
        .find((line) => line.startsWith('| grpc-go (Go) | defaults | 0 of')) ?? '';
    const died = row.split('|')[5]?.trim() ?? '';
    assert.notEqual(died, '');
    assert.match(learnedList(changed(died, '**7** of 8: 7 UNAVAILABLE')), /\*\*7 of 8\*\* calls/);
    assert.throws(
      () => learnedList(changed('| grpc-go (Go) |', '| grpc-rust |')),
      /what-is-lost has no row "grpc-go \(Go\) \| defaults"/,
    );
    assert.throws(() => withLearned('# no marks', ''), /in README.md/);
  });
});

it('README.md fits on few pages, and its links lead to files and headings that are there', () => {
  assert.ok(README.split('\n').length <= 201);
  const links = [...README.matchAll(/(?:\]\(|src="|srcset=")([^)"#:]+)(?:#([\w-]+))?[)"]/g)];
  assert.ok(links.length > 20);
  for (const [, file = '', anchor] of links) {
    assert.ok(existsSync(path.join(ROOT, file)), file);
    if (anchor !== undefined)
      assert.ok(anchorsOf(readFileSync(path.join(ROOT, file), 'utf8')).includes(anchor), anchor);
  }
});
