import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommandResult } from '../../../../command-line/run-command';
import { findPrometheus } from '../../../../local/prometheus/binary';

const ok = (stdout: string): CommandResult => ({ code: 0, stdout, stderr: '', failure: undefined });
const failed = (failure: string): CommandResult => ({ code: undefined, stdout: '', stderr: '', failure });
const SAYS = ok('prometheus, version 3.16.0 (branch: HEAD, revision: 0123abcd)\n  build user: root\n');

describe('findPrometheus()', () => {
  const find = async (env: NodeJS.ProcessEnv, result: CommandResult) => {
    const ran: string[] = [];
    const run = async (command: string, args: readonly string[]) => {
      ran.push([command, ...args].join(' '));
      return result;
    };
    return { found: await findPrometheus({ env, run }), ran };
  };

  it('takes the one of PROMETHEUS_BIN, and asks no other', async () => {
    const { found, ran } = await find({ PROMETHEUS_BIN: '/opt/prometheus' }, SAYS);
    assert.deepEqual(found, {
      ok: true,
      prometheus: { path: '/opt/prometheus', version: '3.16.0', from: 'PROMETHEUS_BIN' },
    });
    assert.deepEqual(ran, ['/opt/prometheus --version']);
  });

  it('uses the one on the PATH if none is given', async () => {
    for (const env of [{}, { PROMETHEUS_BIN: '' }]) {
      const { found, ran } = await find(env, SAYS);
      assert.deepEqual(found, { ok: true, prometheus: { path: 'prometheus', version: '3.16.0', from: 'PATH' } });
      assert.deepEqual(ran, ['prometheus --version']);
    }
  });

  it('names PROMETHEUS_BIN when that one cannot be used', async () => {
    const { found, ran } = await find({ PROMETHEUS_BIN: '/opt/none' }, failed('there is no such file'));
    assert.ok(!found.ok);
    assert.match(found.missing, /^no Prometheus: PROMETHEUS_BIN=\/opt\/none: there is no such file; /);
    assert.equal(ran.length, 1, 'a set variable names the one to use');
    const other = await find({ PROMETHEUS_BIN: '/bin/envoy' }, ok('envoy  version: 1.40.0'));
    assert.ok(!other.found.ok);
    assert.match(other.found.missing, /PROMETHEUS_BIN=\/bin\/envoy: does not answer --version like Prometheus/);
  });

  it('names both ways to have one', async () => {
    const { found } = await find({}, failed('prometheus is not installed'));
    assert.ok(!found.ok);
    assert.equal(
      found.missing,
      'no Prometheus: prometheus is not installed (PROMETHEUS_BIN is not set); ' +
        'set PROMETHEUS_BIN=/path/to/prometheus, or put prometheus on the PATH',
    );
  });
});
