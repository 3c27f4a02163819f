// Runs quick experiments through the lab's command line, once, and makes a test of each: what the verdict was, claim by
// claim. Used on both backends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, it } from 'node:test';

const ROOT = path.join(__dirname, '../..');
const LAB = ['-r', './tests/support/typescript.cjs', 'lab/main.ts'];

interface Run {
  readonly experiment: string;
  readonly pass: boolean;
  readonly message?: string;
  readonly skipped?: string;
  readonly claims: readonly { readonly id: string; readonly measured: number | null; readonly pass: boolean }[];
}

export interface LabSite {
  readonly backend: 'local' | 'cluster';
  readonly env: NodeJS.ProcessEnv;
  readonly more?: readonly string[];
  /** Done first. */
  readonly prepare?: () => Promise<unknown>;
}

/** Declares one test per experiment, and one for the exit code. Call it within `describe`. */
export function itRuns(names: readonly string[], { backend, env, more = [], prepare }: LabSite): void {
  let runs: readonly Run[] = [];
  let exitCode: number | null = null;
  let output = '';
  let folder = '';
  before(async () => {
    await prepare?.();
    folder = await mkdtemp(path.join(tmpdir(), 'lab-results-'));
    const args = ['run', ...names, '--quick', '--json', '--on', backend, '--out', folder, ...more];
    const child = spawn(process.execPath, [...LAB, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let json = '';
    child.stdout.on('data', (chunk) => {
      json += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    exitCode = await new Promise((resolve) => child.once('close', resolve));
    runs = (JSON.parse(json.trim().split('\n').at(-1) || '{"runs":[]}') as { readonly runs: readonly Run[] }).runs;
  });
  // What a failed run has recorded is all there is to find out why.
  after(async () => {
    if (exitCode === 0) await rm(folder, { recursive: true, force: true });
    else process.stderr.write(`# the runs are in ${folder}\n`);
  });

  for (const name of names) {
    it(name, () => {
      const run = runs.find(({ experiment }) => experiment === name);
      assert.ok(run !== undefined, `it was not run:\n${output}`);
      const wrong = run.claims.filter(({ pass }) => !pass).map(({ id, measured }) => `${id}: ${measured}`);
      assert.ok(
        run.pass && run.skipped === undefined,
        `${[run.message ?? run.skipped ?? '', ...wrong].join('\n')}\n${output}`,
      );
      assert.ok(run.claims.length > 0, 'it claims something');
    });
  }

  it('exits 0', () => assert.equal(exitCode, 0, output));
}
