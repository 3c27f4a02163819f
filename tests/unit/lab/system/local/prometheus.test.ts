// A local Prometheus that is a shell script: how it is started, and what is left when it goes wrong.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createLocalPrometheus, type LocalPrometheus } from '../../../../../lab/system/local/prometheus';
import { readManifests } from '../../../../../manifest-reader/manifests';
import { waitFor } from '../../../../support/condition';
import { ROOT } from '../../../../support/read-manifests';

describe('a local Prometheus', () => {
  let folder = '';
  let names: string[];
  let prometheus: LocalPrometheus;
  let closing: AbortController;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'local-prometheus-'));
    names = ['grpc-server-1'];
    closing = new AbortController();
  });
  afterEach(async () => {
    closing.abort();
    await prometheus.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const create = (script: string) => {
    const program = path.join(folder, 'program');
    writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    prometheus = createLocalPrometheus({
      binary: { path: program, version: '3.16.0', from: 'PATH' },
      manifestsRoot: ROOT,
      folder,
      machineEnv: { PATH: process.env.PATH ?? '' },
      pods: () => names.map((name) => ({ name, address: '127.0.0.11', manifest: readManifests(ROOT).server })),
      signal: closing.signal,
    });
  };
  const targets = () => readFileSync(path.join(folder, 'prometheus', 'targets.json'), 'utf8');

  it('starts with the first question only, and leaves nothing behind', async () => {
    create('exit 1');
    prometheus.retarget();
    assert.deepEqual(readdirSync(folder), ['program']);
    await prometheus.close();
    assert.deepEqual(readdirSync(folder), ['program']);
  });

  it('reports each time that it has ended, with its last output', async () => {
    create('echo "bad flag: $1" >&2; exit 3');
    const why = /Prometheus has ended with exit code 3:\n {2}bad flag: --config\.file=/;
    await assert.rejects(prometheus.ask('/api/v1/query'), why);
    await assert.rejects(prometheus.ask('/api/v1/query'), why);
    await prometheus.close();
    assert.deepEqual(readdirSync(folder), ['program']);
  });

  it('finds pods that come later, and is ended when the system is closed before it listens', async () => {
    create(`echo $$ > ${folder}/pid; exec sleep 60`);
    const asked = assert.rejects(prometheus.ask('/'), /stopped because the run ends/);
    const pid = await waitFor(
      'start',
      60_000,
      () => {
        const file = path.join(folder, 'pid');
        return existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined;
      },
      20,
    );
    assert.match(targets(), /"pod":"grpc-server-1"/);
    names = ['grpc-server-2'];
    prometheus.retarget();
    assert.match(targets(), /"pod":"grpc-server-2"/);
    closing.abort();
    await asked;
    await prometheus.close();
    assert.throws(() => process.kill(pid, 0), /ESRCH/);
    assert.deepEqual(readdirSync(folder).sort(), ['pid', 'program']);
  });
});
