import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, describe, it } from 'node:test';
import type { RunCommand } from '../../../../../command-line/run-command';
import type { LocalContext } from '../../../../../lab/system/local/context';
import { createForeign } from '../../../../../lab/system/local/foreign';
import type { SystemChange } from '../../../../../lab/system/system-change';

const ROOT = path.join(__dirname, '../../../../..');
const cache = mkdtempSync(path.join(tmpdir(), 'foreign-'));
after(() => rmSync(cache, { recursive: true, force: true }));

/** A machine with Go and without Python. */
const run: RunCommand = async (command, args) => {
  const output = args[args.indexOf('-o') + 1];
  if (args[0] === 'build' && output !== undefined) writeFileSync(output, 'built');
  const isThere = command === 'go';
  return { code: isThere ? 0 : undefined, stdout: '', stderr: '', failure: isThere ? undefined : `no ${command}` };
};

function foreign(more: NodeJS.ProcessEnv = {}, change: SystemChange = {}) {
  const notes: string[] = [];
  const recorder = { note: (text: string) => void notes.push(text) };
  const context = { recorder, change } as unknown as LocalContext;
  const env = { XDG_CACHE_HOME: cache, ...more };
  return { ...createForeign({ context, place: { root: ROOT, nodePath: 'node', env, run, say: () => {} } }), notes };
}

describe('createForeign()', () => {
  it('leaves out what cannot be built, by name and reason, and notes the version of what is there', async () => {
    const { foreignPrograms, notes } = foreign();
    assert.deepEqual(await foreignPrograms('client', ['grpc-go', 'grpcio']), ['grpc-go']);
    assert.match(notes[0] ?? '', /^client grpc-go: grpc-go \d+\.\d+\.\d+$/);
    assert.equal(notes[1], 'client grpcio was skipped: needs Python 3 with pip: no python3');
  });

  it('rejects where nothing may be skipped', () =>
    assert.rejects(foreign({ CI: 'true' }).foreignPrograms('client', ['grpcio']), /client grpcio: needs Python 3/));

  it('starts a client with its settings, unless a mutation takes the advice out', async () => {
    const settingsOf = async (change: SystemChange) => {
      const { foreignPrograms, clientProgram } = foreign({}, change);
      await foreignPrograms('client', ['grpc-go']);
      const { args } = clientProgram({ client: 'grpc-go', settings: 'advised' }, 20);
      assert.deepEqual(args.slice(2), ['--rate', '20']);
      return args.slice(0, 2);
    };
    assert.deepEqual(await settingsOf({}), ['--settings', 'advised']);
    assert.deepEqual(await settingsOf({ load: { env: { SETTINGS: 'defaults' } } }), ['--settings', 'defaults']);
  });

  it('starts nothing that was not looked for', () =>
    assert.throws(() => foreign().serverProgram('grpc-go'), /cannot run server grpc-go: it was not looked for/));
});
