// What the mesh means for our pods, both ways: those that are not as wanted are rolled, injection and Pod Security follow,
// and every view says which pods have the proxy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { ROOT, StubCluster, writes } from './support/stub-cluster';

const ARGS = ['--no-build', '--timeout', '5'];
const OFF = [...ARGS, '--linkerd', 'off'];
const THERE = {
  call: '*get mutatingwebhookconfigurations linkerd-proxy-injector-webhook-config*',
  stdout: 'webhook\n',
};
const MESHED_POD = '<none>   linkerd-init,linkerd-proxy   app\n';
const BARE_POD = '<none>   <none>   app\n';
const SERVICE_DIFFERS = `diff -u -N /tmp/LIVE-1/v1.Service.envoy.envoy /tmp/MERGED-2/v1.Service.envoy.envoy
@@ -5,3 +5,3 @@
`;
const ROLLS = ['grpc-server', 'envoy', 'grpc-client'].map(
  (name) => `kubectl @ -n ${name} rollout restart deployment/${name}`,
);
const podsOf = (workload: string): string => `*get pods -l app.kubernetes.io/name=${workload} --field-selector=*`;
const restarts = (calls: readonly string[]): readonly string[] =>
  calls.filter((call) => call.includes('rollout restart'));

test('deploy-all.sh gives the client the settings of the mesh, and rolls it when they change', async (t) => {
  const cluster = new StubCluster(t).rule(THERE);
  await cluster.run(ARGS);
  const meshed = readFileSync(path.join(ROOT, 'grpc_client_k8s/linkerd/configmap.yaml'), 'utf8');
  const bare = readFileSync(path.join(ROOT, 'grpc_client_k8s/configmap.yaml'), 'utf8');
  assert.equal(cluster.applied('client/grpc_client_k8s/configmap.yaml'), meshed);
  const withMesh = checksum(cluster.applied('client/grpc_client_k8s/deployment.yaml'));
  assert.match(withMesh, /^linkerd-[0-9a-f]{12}$/);

  await cluster.run(OFF);
  assert.equal(cluster.applied('client/grpc_client_k8s/configmap.yaml'), bare);
  assert.notEqual(checksum(cluster.applied('client/grpc_client_k8s/deployment.yaml')), withMesh);
});

for (const { when, rules, args } of [
  { when: 'there is no mesh', rules: [], args: ARGS },
  { when: 'the run leaves it out', rules: [THERE], args: OFF },
]) {
  test(`deploy-all.sh keeps out proxies and the rights that they need where ${when}`, async (t) => {
    const cluster = new StubCluster(t);
    for (const rule of rules) cluster.rule(rule);
    const run = await cluster.run(args);
    assert.equal(run.code, 0, run.stderr);
    for (const folder of ['grpc_client_k8s', 'envoy_proxy_k8s', 'grpc_server_k8s']) {
      const namespace = cluster.applied(`namespaces/${folder}/00-namespace.yaml`);
      assert.match(namespace, /^ {4}linkerd\.io\/inject: disabled$/m);
      assert.match(namespace, /^ {4}pod-security\.kubernetes\.io\/enforce: restricted\b/m);
    }
    assert.match(run.stdout, /mesh +none$/m);
    assert.deepEqual(restarts(run.calls), []);
  });
}

test('deploy-all.sh applies the namespaces unchanged where there is a mesh', async (t) => {
  const cluster = new StubCluster(t).rule(THERE);
  await cluster.run(ARGS);
  for (const folder of ['grpc_client_k8s', 'envoy_proxy_k8s', 'grpc_server_k8s']) {
    const file = readFileSync(path.join(ROOT, folder, '00-namespace.yaml'), 'utf8');
    assert.equal(cluster.applied(`namespaces/${folder}/00-namespace.yaml`), file);
  }
});

test('deploy-all.sh rolls pods that are older than the mesh, and counts the pods in it', async (t) => {
  const cluster = new StubCluster(t).rule(THERE);
  cluster.rule({ call: podsOf('grpc-server'), stdout: BARE_POD.repeat(2), times: 1 });
  cluster.rule({ call: podsOf('*'), stdout: MESHED_POD.repeat(2) });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(restarts(run.calls), ROLLS.slice(0, 1));
  assert.match(run.stdout, /\[server\] rolling deployment\/grpc-server, because 2 of 2 pods lack Linkerd's proxy/);
  assert.match(run.stdout, /mesh +Linkerd, pods with its proxy: grpc-client 2\/2, envoy 2\/2, grpc-server 2\/2/);
});

test('deploy-all.sh --linkerd off rolls the pods that have a proxy, after injection has ended', async (t) => {
  const cluster = new StubCluster(t).rule(THERE);
  for (const name of ['grpc-server', 'envoy', 'grpc-client']) {
    cluster.rule({ call: podsOf(name), stdout: MESHED_POD + BARE_POD, times: 1 });
  }
  cluster.rule({ call: podsOf('*'), stdout: BARE_POD.repeat(2) });
  const run = await cluster.run(OFF);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(restarts(run.calls), ROLLS);
  const namespaces = run.calls.findIndex((call) => /apply (?!.*dry-run).*\/namespaces/.test(call));
  assert.ok(namespaces >= 0 && namespaces < run.calls.indexOf(ROLLS[0] ?? ''), run.calls.join('\n'));
  assert.match(run.stdout, /\[envoy\] rolling deployment\/envoy, because 1 of 2 pods have Linkerd's proxy/);
  assert.match(run.stdout, /mesh +none$/m);
});

test('deploy-all.sh says so when a roll leaves pods as they were', async (t) => {
  const bare = new StubCluster(t).rule(THERE).rule({ call: podsOf('*'), stdout: BARE_POD });
  const on = await bare.run(ARGS);
  assert.equal(on.code, 0, on.stderr);
  assert.match(on.stderr, /note: deployment\/envoy was rolled, and still 1 of 1 pods lack Linkerd's proxy/);
  assert.match(on.stdout, /mesh +Linkerd, pods with its proxy: grpc-client 0\/1, envoy 0\/1, grpc-server 0\/1/);

  const meshed = new StubCluster(t).rule({ call: podsOf('*'), stdout: MESHED_POD });
  const off = await meshed.run(OFF);
  assert.equal(off.code, 0, off.stderr);
  assert.match(off.stderr, /note: deployment\/envoy was rolled, and still 1 of 1 pods have Linkerd's proxy/);
  assert.match(off.stdout, /mesh +none wanted, but pods with Linkerd's proxy: grpc-client 1\/1, envoy 1\/1/);
});

test('deploy-all.sh sums up in one sentence what the API server warns of in a restricted namespace', async (t) => {
  const cluster = new StubCluster(t);
  const other = 'Warning: metadata.annotations[x]: deprecated since v1.30';
  cluster.rule({
    call: '*apply --server-side --force-conflicts --field-manager=deploy-all -f */namespaces -R',
    stderr:
      'Warning: existing pods in namespace "envoy" violate the new PodSecurity enforce level "restricted:latest"\n' +
      'Warning: envoy-5d5c7964c6-pz569 (and 1 other pod): unrestricted capabilities, runAsNonRoot != true\n' +
      `Warning: envoy-7cdc4476fb-9fww2: unrestricted capabilities\n${other}\n`,
  });
  const run = await cluster.run([...OFF, '--only', 'namespaces']);
  assert.equal(run.code, 0, run.stderr);
  const sentence =
    'namespace "envoy" now accepts only "restricted" pods; pods with a proxy of Linkerd are rolled below';
  assert.deepEqual(run.stderr.trim().split('\n'), [sentence, other]);
});

test('deploy-all.sh stops when it cannot see which pods have the proxy', async (t) => {
  const cluster = new StubCluster(t).rule({ call: podsOf('envoy'), code: 1, stderr: 'timeout\n' });
  const run = await cluster.run(OFF);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /step envoy: cannot see which pods of deployment\/envoy have Linkerd's proxy/);
});

test('deploy-all.sh --only names the other pods that now differ from what was asked for', async (t) => {
  const cluster = new StubCluster(t).rule({ call: podsOf('envoy'), stdout: MESHED_POD.repeat(2), times: 1 });
  cluster.rule({ call: podsOf('envoy'), stdout: BARE_POD.repeat(2) });
  cluster.rule({ call: podsOf('*'), stdout: MESHED_POD });
  const run = await cluster.run([...OFF, '--only', 'envoy']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(restarts(run.calls), ROLLS.slice(1, 2));
  assert.match(run.stderr, /note: in deployment\/grpc-server 1 of 1 pods have Linkerd's proxy; a run without --only/);
  assert.doesNotMatch(run.stderr, /in deployment\/envoy/);
});

test('deploy-all.sh --dry-run names the pods that would be rolled, and changes nothing', async (t) => {
  const cluster = new StubCluster(t).rule(THERE);
  cluster.rule({ call: podsOf('grpc-client'), stdout: BARE_POD });
  cluster.rule({ call: podsOf('*'), stdout: MESHED_POD.repeat(2) });
  cluster.rule({ call: '*diff*/envoy -R', code: 1, stdout: SERVICE_DIFFERS });
  const run = await cluster.run([...OFF, '--dry-run']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(writes(run.calls), []);
  const roll = "its pods would be rolled \\(2 of 2 pods have Linkerd's proxy\\)";
  assert.match(run.stdout, new RegExp(`\\[server\\] ${roll}`));
  assert.match(run.stdout, new RegExp(`\\[envoy\\] would change Service/envoy, and ${roll}`));
  assert.match(run.stdout, /\[client\] nothing would change/);
});

test('deploy-all.sh --dry-run says what would be installed, and installs nothing', async (t) => {
  const cluster = new StubCluster(t, { tools: 'kubectl linkerd' });
  const run = await cluster.run(['--dry-run', '--no-build', '--linkerd', 'on', '--linkerd-viz']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual([...writes(run.calls), ...run.calls.filter((call) => call.startsWith('linkerd'))], []);
  assert.match(
    run.stdout,
    /Linkerd would be installed, for the whole cluster\.\nLinkerd's dashboard would be installed/,
  );
});

test('deploy-all.sh --status says whether there is a mesh and which pods are in it', async (t) => {
  const mesh = /^mesh\n {2}(.*)$/m;
  const none = await new StubCluster(t).run(['--status']);
  assert.equal(mesh.exec(none.stdout)?.[1], 'Linkerd is not in the cluster; no pod has its proxy');

  const mixed = new StubCluster(t).rule(THERE).rule({ call: podsOf('envoy'), stdout: MESHED_POD + BARE_POD });
  mixed.rule({ call: podsOf('grpc-client'), code: 1 });
  assert.equal(
    mesh.exec((await mixed.run(['--status'])).stdout)?.[1],
    'Linkerd is in the cluster; pods with its proxy: grpc-client unknown, envoy 1/2, grpc-server 0/0',
  );
});

function checksum(deployment: string): string {
  return /checksum\/config: "([^"]*)"/.exec(deployment)?.[1] ?? '';
}
