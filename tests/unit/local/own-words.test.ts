import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { ANY_SERVICE, CONNECTION_IS_HEALTH } from '../../../local/envoy/own-service';
import { USAGE } from '../../../local/options';
import { CLIENT_WORDS } from '../../../local/pods/own-client';
import { SERVER_WORDS } from '../../../local/pods/own-server';

const DOCUMENT = readFileSync(path.join(__dirname, '../../../docs/local-stack.md'), 'utf8');

function linesOf(part: string): string[] {
  const text = new RegExp(`<!-- ${part}:[^>]*-->\\n([\\s\\S]*?)<!-- end of ${part} -->`).exec(DOCUMENT)?.[1] ?? '';
  return text.trim().split('\n');
}

const rows = (option: string, words: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(words).map(([word, names]) => [word, option, names.join(' ')]);

describe('docs/local-stack.md', () => {
  it('has every word of --server and --client with its variables', () => {
    const cells = linesOf('words')
      .slice(2)
      .map((line) => line.split('|').slice(1, 4));
    const shown = cells.map((row) => row.map((cell) => cell.replace(/[`{}–]/g, '').trim()));
    assert.deepEqual(shown, [...rows('--server', SERVER_WORDS), ...rows('--client', CLIENT_WORDS)]);
  });

  it('has the changes that --server makes', () => {
    const changes = [ANY_SERVICE, CONNECTION_IS_HEALTH].map(({ description }) => `- envoy.yaml: ${description}`);
    assert.deepEqual(linesOf('own overlay'), changes);
  });
});

describe('the usage text', () => {
  it('has every word of --server and --client', () => {
    for (const word of [...Object.keys(SERVER_WORDS), ...Object.keys(CLIENT_WORDS)]) {
      assert.ok(USAGE.includes(`{${word}}`), word);
    }
  });
});
