// The README's way to minikube, typed as it stands there, with a minikube of each kind that people have.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { MINIKUBES, ROOT, type Run, StubCluster } from './support/stub-cluster';

const CHAPTER =
  /^## Deploy to minikube$[\s\S]*?(?=^## )/m.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8'))?.[0] ?? '';
const TO_DEPLOY = /^```sh\n([\s\S]*?)^```$/m.exec(CHAPTER)?.[1] ?? '';

for (const [as, minikube] of MINIKUBES) {
  test(`the README's commands deploy, inspect and delete where images behave as ${as}`, async (t) => {
    const cluster = new StubCluster(t, { minikube });
    const type = (lines: string, env: Record<string, string> = {}): Promise<Run> => {
      const script = path.join(cluster.temporaryFolder, '..', 'typed.sh');
      writeFileSync(script, `set -e -o pipefail\n${lines}\n`);
      return cluster.run([], { script, cwd: ROOT, env: { STUB_STOPPED: '1', ...env } });
    };
    assert.match(TO_DEPLOY, /^minikube start\n\.\/deploy-all\.sh\n$/);
    const first = await type(TO_DEPLOY);
    assert.equal(first.code, 0, first.stderr);
    assert.ok(first.calls.includes('minikube start'), first.calls.slice(0, 12).join('\n'));
    assert.match(first.stdout, /replies +12 since /);
    for (const service of ['server', 'client']) {
      assert.ok(cluster.images.has(`docker.io/library/grpc-${service}:dev`), [...cluster.images.keys()].join('\n'));
    }

    for (const option of ['--dry-run', '--status']) await types(option);
    const last = await types('--delete');
    const removal = /^Images stay in minikube .*\n {2}(.*)$/m.exec(last.stdout)?.[1] ?? '';
    const bin = path.join(cluster.temporaryFolder, '..', 'bin');
    const removed = await type(removal, { PATH: `${bin}:${process.env.PATH}` });
    assert.equal(removed.code, 0, removed.stderr);
    assert.deepEqual([...cluster.images.keys()], []);

    async function types(option: string): Promise<Run> {
      assert.ok(CHAPTER.includes(`\`./deploy-all.sh ${option}\``), `the README has no line with ${option}`);
      const run = await type(`./deploy-all.sh ${option}`);
      assert.equal(run.code, 0, run.stderr);
      return run;
    }
  });
}

test('the README’s commands end with a clear sentence when no cluster was started', async (t) => {
  const run = await new StubCluster(t).run([], { env: { STUB_STOPPED: '1' } });
  assert.equal(run.code, 1);
  assert.match(run.sentence, /kubectl has no current context: start a cluster \('minikube start'\), or name a context/);
});
