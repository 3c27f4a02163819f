// Ctrl-C half-way, and two runs at once.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { StubCluster, writes } from './support/stub-cluster';

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`deploy-all.sh ends with one line and code ${code} on ${signal}, leaves nothing, and resumes when run again`, async (t) => {
    const cluster = new StubCluster(t).rule({ call: '*rollout status deployment/envoy *', code: 'hang' });
    const child = cluster.start(['--no-build']);
    const ended = cluster.finish(child);
    await cluster.hangs();
    process.kill(-(child.pid as number), signal);
    const run = await ended;
    assert.equal(run.code, code, run.stderr);
    assert.match(
      run.sentence,
      /^deploy-all\.sh: stopped in step envoy; run the same command again to go on from here$/,
    );
    assert.equal(run.stderr.split('\n').filter((line) => line.startsWith('deploy-all.sh:')).length, 1, run.stderr);
    assert.deepEqual(cluster.leftBehind, []);

    cluster.clearRules();
    const again = await cluster.run(['--no-build', '--timeout', '5']);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /\[server\] unchanged/);
  });
}

test('deploy-all.sh stops on Ctrl-C while it builds, applies or deletes', async (t) => {
  const places = [
    { args: [], call: 'minikube -p * image build *', step: 'images' },
    {
      args: ['--no-build'],
      call: '*apply*manager=deploy-all -f */prometheus -R',
      step: 'prometheus',
    },
    { args: ['--delete'], call: '*delete namespaces*', step: 'delete' },
  ];
  for (const { args, call, step } of places) {
    await t.test(step, async (t) => {
      const cluster = new StubCluster(t).rule({ call, code: 'hang' });
      const child = cluster.start(args);
      const ended = cluster.finish(child);
      await cluster.hangs();
      process.kill(-(child.pid as number), 'SIGINT');
      const run = await ended;
      assert.equal(run.code, 130, run.stderr);
      assert.match(run.sentence, new RegExp(`stopped in step ${step};`));
      assert.deepEqual(cluster.leftBehind, []);
    });
  }
});

test('deploy-all.sh refuses to run beside another run on the same cluster', async (t) => {
  const cluster = new StubCluster(t).rule({ call: '*rollout status deployment/prometheus *', code: 'hang', times: 1 });
  const first = cluster.start(['--no-build']);
  const ended = cluster.finish(first);
  await cluster.hangs();
  const second = await cluster.run(['--no-build']);
  assert.equal(second.code, 1);
  assert.match(second.sentence, new RegExp(`another run \\(process ${first.pid}\\) is changing https:`));
  assert.deepEqual(writes(second.calls), []);
  assert.equal((await cluster.run(['--delete'])).code, 1);
  assert.equal((await cluster.run(['--status'])).code, 0, 'looking is always allowed');
  process.kill(-(first.pid as number), 'SIGINT');
  await ended;
  cluster.clearRules();
  assert.equal((await cluster.run(['--no-build', '--timeout', '5'])).code, 0);
});

test('deploy-all.sh takes over the lock of a run that was killed', async (t) => {
  const cluster = new StubCluster(t).rule({ call: '*rollout status deployment/prometheus *', code: 'hang', times: 1 });
  const first = cluster.start(['--no-build']);
  const ended = cluster.finish(first);
  await cluster.hangs();
  process.kill(-(first.pid as number), 'SIGKILL');
  await ended;
  cluster.clearRules();
  const lock = cluster.leftBehind.find((name) => name.endsWith('.lock'));
  assert.ok(lock, 'the killed run left its lock');
  const second = await cluster.run(['--no-build', '--timeout', '5']);
  assert.equal(second.code, 0, second.stderr);
  assert.ok(!cluster.leftBehind.includes(lock));

  // The number of the dead process may be another's by now.
  symlinkSync(String(process.pid), path.join(cluster.temporaryFolder, lock));
  const third = await cluster.run(['--no-build', '--timeout', '5']);
  assert.equal(third.code, 0, third.stderr);
});
