// The lab as a person runs it: an experiment from the command line to its report, and what Ctrl-C leaves behind.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, describe } from 'node:test';
import { itWithEnvoy, ROOT, until } from './support/local-stack';

const NETWORK = '127.77.112';
const LAB = ['-r', './tests/support/typescript.cjs', 'lab/main.ts'];
const RAW = ['params.json', 'calls.ndjson', 'events.ndjson'];
const QUICK_MS = 90_000;

describe('npm run lab', () => {
  let results = '';
  before(async () => {
    results = await mkdtemp(path.join(tmpdir(), 'lab-results-'));
  });
  after(() => rm(results, { recursive: true, force: true }));

  const start = (...args: string[]) => {
    const child = spawn(process.execPath, [...LAB, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      output.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.err += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, output, ended };
  };
  const runQuick = async (name: string) => {
    const out = path.join(results, name);
    const { output, ended } = start('run', name, '--quick', '--json', '--network', NETWORK, '--out', out);
    assert.equal(await ended, 0, `${output.err}${output.out}`);
    const result = JSON.parse(output.out.trim().split('\n').at(-1) ?? '') as LabResult;
    return { result, folder: result.runs[0]?.folder ?? '' };
  };

  itWithEnvoy(
    'runs spread, whose claims hold, and the three raw files give the same report again',
    async () => {
      const { result, folder } = await runQuick('spread');
      assert.equal(result.pass, true);
      assert.deepEqual(
        result.runs[0]?.claims.map(({ id, pass }) => `${id} ${pass}`),
        ['max-minus-min true', 'jain true', 'worst-window true', 'failed true'],
      );
      const verdict = JSON.parse(await readFile(path.join(folder, 'verdict.json'), 'utf8'));
      assert.equal(verdict.pass, true);

      const copy = path.join(results, 'copy', path.basename(folder));
      for (const file of RAW) await cp(path.join(folder, file), path.join(copy, file));
      assert.equal(await start('report', copy).ended, 0);
      const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
      assert.ok(files.includes('index.html') && files.some((file) => file.endsWith('.svg')), files.join(', '));
      for (const file of files) {
        assert.equal(
          await readFile(path.join(copy, file), 'utf8'),
          await readFile(path.join(folder, file), 'utf8'),
          file,
        );
      }
    },
    QUICK_MS,
  );

  itWithEnvoy(
    'runs no-balancing, where one pod gets everything and no claim of spread holds',
    async () => {
      const { result } = await runQuick('no-balancing');
      const measured = Object.fromEntries(result.runs[0]?.claims.map((claim) => [claim.id, claim.measured]) ?? []);
      assert.deepEqual(measured, { 'top-share': 1, jain: 1 / 3, 'spread-holds': 0, failed: 0 });
    },
    QUICK_MS,
  );

  itWithEnvoy(
    'stops on Ctrl-C and leaves nothing behind, and its records do not count as a run',
    async () => {
      const out = path.join(results, 'interrupted');
      const { child, output, ended } = start('run', 'no-balancing', '--quick', '--network', NETWORK, '--out', out);
      await until('the load', () => output.err.includes('one connection') || child.exitCode !== null, 60_000);
      child.kill('SIGINT');
      assert.equal(await ended, 130, output.err);
      const [folder = ''] = await readdir(out);
      const files = await readdir(path.join(out, folder));
      assert.deepEqual(files.sort(), ['calls.ndjson', 'events.ndjson', 'unfinished.json']);
      const mark = JSON.parse(await readFile(path.join(out, folder, 'unfinished.json'), 'utf8'));
      assert.deepEqual([mark.why, mark.params.experiment], ['interrupted', 'no-balancing']);
      assert.equal(await start('report', out).ended, 1);
      assert.deepEqual(await processesOn(NETWORK), []);
    },
    QUICK_MS,
  );
});

interface LabResult {
  readonly pass: boolean;
  readonly runs: readonly {
    readonly folder: string;
    readonly claims: readonly { readonly id: string; readonly measured: number; readonly pass: boolean }[];
  }[];
}

/** Servers and Envoys whose environment has an address of `network`; none on a system without /proc. */
async function processesOn(network: string): Promise<readonly string[]> {
  const pids = await readdir('/proc').catch(() => []);
  const found: string[] = [];
  for (const pid of pids.filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const isOurs =
      environment.includes(`GRPC_HOST=${network}.`) || environment.includes(`ENVOY_ADMIN_HOST=${network}.`);
    if (isOurs) found.push(pid);
  }
  return found;
}
