// What the script says to a user who sees it for the first time: nothing that reads as the opposite of what happened.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { copyOfTree } from './support/copy-of-tree';
import { type Rule, StubCluster, writes } from './support/stub-cluster';

const QUICKLY = ['--no-build', '--timeout', '5'];
const CLIENT_LOG = '*logs -l app.kubernetes.io/name=grpc-client -c *';
const RAW_METRICS = '*get --raw /apis/custom.metrics.k8s.io/v1beta1/namespaces/*';

function replies(second: string, ...counts: readonly number[]): string {
  const line = (pod: string): string =>
    `{"time":"2026-11-24T08:17:${second}.500Z","client":"c","msg":"Received: Hello, K! This message is from ${pod}"}\n`;
  return counts.map((count, index) => line(`grpc-server-${'abc'[index]}`).repeat(count)).join('');
}

function tally(second: string, a: number, b: number): string {
  const pods = { 'grpc-server-a': a, 'grpc-server-b': b };
  const time = `2026-11-24T08:17:${second}.500Z`;
  return `${JSON.stringify({ time, client: 'c', pods, envoys: {}, msg: 'tally' })}\n`;
}

test('deploy-all.sh ignores replies from before the newest pod was ready, and waits for enough others', async (t) => {
  const cluster = new StubCluster(t); // its newest pod is ready at :23
  const early = replies('10', 11, 0, 0);
  cluster.rule({ call: CLIENT_LOG, stdout: early + replies('25', 1, 1, 0), times: 2 });
  cluster.rule({ call: CLIENT_LOG, stdout: early + replies('25', 4, 5, 3) });
  const run = await cluster.run([...QUICKLY, '--only', 'smoke']);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /\[smoke\] waiting until a sample of replies is in the client's log/);
  assert.match(
    run.stdout,
    /replies +12 since the newest pod was ready \(at most 120 s\): grpc-server-a 4, grpc-server-b 5, grpc-server-c 3$/m,
  );
});

test('deploy-all.sh counts tallies when calls have no line each, without a tally that began earlier', async (t) => {
  const cluster = new StubCluster(t);
  cluster.rule({ call: CLIENT_LOG, stdout: tally('20', 900, 0) + tally('30', 700, 300) + tally('40', 500, 501) });
  const run = await cluster.run([...QUICKLY, '--only', 'smoke']);
  assert.match(run.stdout, /replies +1001 since .*: grpc-server-a 500, grpc-server-b 501$/m);
});

for (const [quantity, said] of [
  ['66m', '0.07'],
  ['300m', '0.3'],
  ['1', '1'],
  ['1500m', '1.5'],
  ['10', '10'],
  ['66666u', '0.07'],
  ['2k', '2000'],
  ['0', '0'],
] as const) {
  test(`deploy-all.sh prints ${said} where Kubernetes writes ${quantity}`, async (t) => {
    const cluster = new StubCluster(t).rule({ call: '*{.status.currentReplicas}*', stdout: `1|${quantity}|300m` });
    const run = await cluster.run([...QUICKLY, '--only', 'smoke']);
    const one = `1 pod at ${said} of 0.3 calls/s each`;
    assert.ok(run.stdout.includes(`autoscalers      grpc-server ${one}, envoy ${one}\n`), run.stdout);
  });
}

test('deploy-all.sh says what it made and what it changed', async (t) => {
  const cluster = new StubCluster(t);
  const { folder, script } = copyOfTree(cluster);
  const first = await cluster.run([...QUICKLY, '--only', 'envoy'], { script });
  assert.match(first.stdout, /\[namespaces\] made 5 objects$/m);
  assert.match(first.stdout, /^\d\d objects made, 0 changed, 0 unchanged$/m);
  const service = path.join(folder, 'envoy_proxy_k8s/service.yaml');
  const text = readFileSync(service, 'utf8');
  writeFileSync(service, `# edited\n${text}`);
  writeFileSync(path.join(folder, 'envoy_proxy_k8s/service-new.yaml'), text);
  const second = await cluster.run([...QUICKLY, '--only', 'envoy'], { script });
  assert.match(second.stdout, /\[envoy\] made Object\/\S*service-new\.yaml$/m);
  assert.match(second.stdout, /\[envoy\] changed Object\/\S*service\.yaml$/m);
  assert.match(second.stdout, /\[namespaces\] unchanged \(5 objects\)$/m);
  assert.match(second.stdout, /^1 object made, 1 changed, \d+ unchanged$/m);
});

test('deploy-all.sh suggests Grafana only while it runs', async (t) => {
  const running = await new StubCluster(t).run(QUICKLY);
  assert.match(running.stdout, /Grafana on http:\/\/localhost:3000/);
  const cluster = new StubCluster(t).rule({ call: '*-n grafana get deployment grafana *availableReplicas*' });
  const run = await cluster.run([...QUICKLY, '--no-wait', 'grafana']);
  assert.equal(run.code, 0, run.stderr);
  assert.doesNotMatch(run.stdout, /localhost:3000|port-forward/);
  assert.match(run.stdout, /# why Grafana is not running yet\n {2}kubectl --context minikube -n grafana describe pods/);
});

const NOTHING_TO_READ: readonly Rule[] = [
  { call: RAW_METRICS, code: 1, stderr: 'the server is currently unable to handle the request\n' },
  { call: '*get apiservice*Available*.status}', stdout: 'False' },
  { call: '*get hpa *ScalingActive*.status}', stdout: 'False' },
  { call: '*{.status.currentReplicas}*', stdout: '1||300m' },
];

for (const boxes of ['adapter,hpas', 'adapter', 'prometheus,adapter']) {
  test(`deploy-all.sh --no-wait ${boxes} waits for nothing that comes from there, up to its end`, async (t) => {
    const cluster = new StubCluster(t);
    for (const rule of NOTHING_TO_READ) cluster.rule(rule);
    const run = await cluster.run(['--no-build', '--timeout', '1', '--no-wait', boxes]);
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /\[smoke\] not waiting until hpa\/envoy is active/);
    assert.match(run.stdout, /custom metrics +grpc_requests_per_second of 0 pods/);
    assert.match(run.stdout, /autoscalers +grpc-server 1 pod, which read no metric yet, envoy 1 pod, which/);
  });
}

test('deploy-all.sh --no-wait server does not wait for a reply, and says that there is none', async (t) => {
  const cluster = new StubCluster(t).rule({ call: CLIENT_LOG }).rule({ call: RAW_METRICS, stdout: '{"items":[]}' });
  const run = await cluster.run(['--no-build', '--timeout', '1', '--no-wait', 'server']);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /replies +none yet/);
});

test('deploy-all.sh shows the pods of the box that failed, in the last step too', async (t) => {
  const cluster = new StubCluster(t).rule({ call: RAW_METRICS, code: 1, stderr: 'could not find the metric\n' });
  const run = await cluster.run(['--no-build', '--timeout', '1', '--only', 'smoke']);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /custom metric grpc_requests_per_second is not in the custom metrics API after 1 s/);
  assert.match(run.stderr, /--- pods of prometheus\/prometheus-adapter/);
});

const DIFF = `diff -u -N /tmp/LIVE-12/apps.v1.Deployment.envoy.envoy /tmp/MERGED-34/apps.v1.Deployment.envoy.envoy
--- /tmp/LIVE-12/apps.v1.Deployment.envoy.envoy\t2026-11-24 08:17:24
+++ /tmp/MERGED-34/apps.v1.Deployment.envoy.envoy\t2026-11-24 08:17:24
@@ -5,3 +5,3 @@
-  generation: 1
+  generation: 2
@@ -60,3 +60,3 @@
diff -u -N /tmp/LIVE-12/v1.Service.envoy.new.one /tmp/MERGED-34/v1.Service.envoy.new.one
@@ -0,0 +1,25 @@
+apiVersion: v1
`;
const CLUSTER_WIDE = `diff -u -N /tmp/LIVE-1/apiregistration.k8s.io.v1.APIService..v1beta1.custom.metrics.k8s.io /tmp/MERGED-2/apiregistration.k8s.io.v1.APIService..v1beta1.custom.metrics.k8s.io
@@ -5,3 +5,3 @@
`;

test('deploy-all.sh --dry-run names objects as people do, says which are new, and changes nothing', async (t) => {
  const cluster = new StubCluster(t).rule({ call: '*diff*/envoy -R', code: 1, stdout: DIFF });
  cluster.rule({ call: '*diff*/apiservice -R', code: 1, stdout: CLUSTER_WIDE });
  cluster.rule({
    call: '*diff*/client -R',
    code: 2,
    stderr: 'Error from server (NotFound): namespaces "grpc-client" not found\n',
  });
  const run = await cluster.run(['--dry-run']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(writes(run.calls), []);
  assert.match(run.stdout, /\[envoy\] would make Service\/new\.one; change Deployment\/envoy$/m);
  assert.match(run.stdout, /\[apiservice\] would change APIService\/v1beta1\.custom\.metrics\.k8s\.io$/m);
  assert.match(run.stdout, /\[client\] would make \d+ objects, once the namespace is there$/m);
  assert.match(run.stdout, /\[server\] nothing would change$/m);
});

test('deploy-all.sh --dry-run does not treat a cluster that does not answer as an empty one', async (t) => {
  const cluster = new StubCluster(t).rule({ call: '*diff*/envoy -R', code: 2, stderr: 'error: connection refused\n' });
  const run = await cluster.run(['--dry-run']);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /step envoy: cannot compare envoy_proxy_k8s with the cluster: error: connection refused/);
});
