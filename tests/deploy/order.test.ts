// What a run does, and in which order, against a healthy cluster of stubs.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { copyOfTree } from './support/copy-of-tree';
import { appliedSteps, StubCluster, writes } from './support/stub-cluster';

const QUICKLY = ['--no-build', '--timeout', '5'];

test('deploy-all.sh applies each box after what it needs, and the autoscalers once there are metrics', async (t) => {
  const cluster = new StubCluster(t);
  const run = await cluster.run(QUICKLY);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(appliedSteps(run.calls), [
    'namespaces',
    'prometheus',
    '-', // the adapter's certificate
    'adapter',
    'apiservice',
    'server',
    'envoy',
    'client',
    'hpas',
    '-', // Grafana's password
    'grafana',
  ]);
  assertBefore(run.calls, /dry-run=server.*\/grafana/, /apply (?!.*dry-run).*\/namespaces/);
  assertBefore(run.calls, /rollout status deployment\/prometheus-adapter/, /apply (?!.*dry-run).*\/apiservice/);
  assertBefore(run.calls, /apply (?!.*dry-run).*\/apiservice/, /get --raw \/apis\/custom.metrics.k8s.io\/v1beta1$/);
  assertBefore(run.calls, /pods\/\*\/grpc_requests_per_second/, /apply (?!.*dry-run).*\/hpas/);
  assertBefore(run.calls, /pods\/\*\/envoy_cluster_upstream_per_second/, /apply (?!.*dry-run).*\/hpas/);
  assert.deepEqual(
    cluster.appliedNames.filter((name) => name.endsWith('_hpa.yaml')),
    ['hpas_envoy_proxy_k8s_hpa.yaml', 'hpas_grpc_server_k8s_hpa.yaml'],
  );
  assert.match(run.stdout, /replies +12 since .*: grpc-server-a 4, grpc-server-b 4, grpc-server-c 4$/m);
  assert.match(
    run.stdout,
    /custom metrics +grpc_requests_per_second of 2 pods, envoy_cluster_upstream_per_second of 2 pods$/m,
  );
  assert.match(run.stdout, /autoscalers +grpc-server 3 pods at 0\.11 of 0\.3 calls\/s each, envoy 3 pods at/);
  assert.match(run.stdout, /mesh +none/);
});

test('deploy-all.sh names the context in every call to the cluster', async (t) => {
  const run = await new StubCluster(t).run(QUICKLY);
  const bare = run.calls.filter((call) => call.startsWith('kubectl') && !/^kubectl (@|config) /.test(call));
  assert.deepEqual(bare, []);
});

test('deploy-all.sh changes nothing when run again', async (t) => {
  const cluster = new StubCluster(t);
  const first = await cluster.run(QUICKLY);
  const second = await cluster.run(QUICKLY);
  assert.match(first.stdout, /^[1-9]\d* objects made, 0 changed, 0 unchanged$/m);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /^0 objects changed, [1-9]\d* unchanged$/m);
  // What is left are the applies themselves, which the server finds equal: no secret, no restart, no note.
  assert.deepEqual(
    writes(second.calls).filter((call) => !call.includes(' apply ') || call.includes('-f -')),
    [],
  );
  assert.deepEqual(cluster.leftBehind, []);
});

test('deploy-all.sh says which objects an edit changed', async (t) => {
  const cluster = new StubCluster(t);
  const { folder, script } = copyOfTree(cluster);
  await cluster.run(QUICKLY, { script });
  const service = path.join(folder, 'envoy_proxy_k8s/service.yaml');
  writeFileSync(service, `# edited\n${readFileSync(service, 'utf8')}`);
  const run = await cluster.run(QUICKLY, { script });
  assert.match(run.stdout, /^1 object changed, [1-9]\d* unchanged$/m);
  assert.match(run.stdout, /\[envoy\] changed Object\/\S*service\.yaml$/m);
});

test('deploy-all.sh runs from any folder, from a path with spaces, and with any CDPATH', async (t) => {
  const cluster = new StubCluster(t);
  const { folder, script } = copyOfTree(cluster);
  const run = await cluster.run(QUICKLY, { cwd: '/', script, env: { CDPATH: path.dirname(folder) } });
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /replies +12 /);
});

test('deploy-all.sh --only runs its step, the namespaces that it needs, and nothing else', async (t) => {
  const run = await new StubCluster(t).run([...QUICKLY, '--only', 'envoy']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(appliedSteps(run.calls), ['namespaces', 'envoy']);
});

test('deploy-all.sh --without leaves a box out and says so', async (t) => {
  const run = await new StubCluster(t).run([...QUICKLY, '--without', 'grafana,adapter']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(appliedSteps(run.calls), ['namespaces', 'prometheus', 'server', 'envoy', 'client']);
  assert.match(run.stdout, /left out +grafana adapter hpas/);
  assert.match(run.stdout, /custom metrics +left out/);
});

test('deploy-all.sh --no-wait applies a box whose image is not available, and leaves its pods alone', async (t) => {
  const cluster = new StubCluster(t);
  cluster.rule({ call: '*rollout status deployment/grafana*', stdout: 'Waiting for deployment...\n' });
  cluster.rule({ call: '*-n grafana get pods*', stdout: 'grafana-1| ImagePullBackOff|\n' });
  const run = await cluster.run([...QUICKLY, '--no-wait', 'grafana']);
  assert.equal(run.code, 0, run.stderr);
  assert.ok(appliedSteps(run.calls).includes('grafana'));
  assert.match(run.stdout, /\[grafana\] not waiting until deployment\/grafana is rolled out/);
  assert.match(run.stdout, /not waited for +grafana/);
  assert.ok(!run.calls.some((call) => call.includes('delete pod')));
});

test('deploy-all.sh --status only reads', async (t) => {
  const run = await new StubCluster(t, { context: 'production' }).run(['--status']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(writes(run.calls), []);
  assert.match(run.stdout, /grpc-server-b +4/);
});

function assertBefore(calls: readonly string[], first: RegExp, second: RegExp): void {
  const [one, two] = [first, second].map((pattern) => calls.findIndex((call) => pattern.test(call)));
  assert.ok(one !== undefined && one >= 0, `no call matches ${first}`);
  assert.ok(two !== undefined && two > one, `${second} does not follow ${first}`);
}
