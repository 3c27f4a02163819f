// The mesh: when it is installed, what is applied differently with it, and that it is said which pods are in it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { ROOT, StubCluster } from './support/stub-cluster';

const TOOLS = 'kubectl linkerd';
const ARGS = ['--no-build', '--timeout', '5'];
const INJECTOR = '*get mutatingwebhookconfigurations linkerd-proxy-injector-webhook-config*';
const MESHED_POD = '<none>   linkerd-init,linkerd-proxy   grpc-client\n';
const BARE_POD = '<none>   <none>   grpc-client\n';

test('deploy-all.sh installs Linkerd where its CLI is, in the order of its manual', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(
    run.calls
      .filter((call) => call.startsWith('linkerd') || call.includes('gateway-api') || call.includes('linkerd.yaml'))
      .map(shortened),
    [
      'linkerd @ check --pre',
      'kubectl @ apply --server-side -f standard-install.yaml',
      'linkerd @ install --crds',
      'kubectl @ apply -f linkerd.yaml',
      'linkerd @ install --set proxyInit.runAsRoot=true',
      'kubectl @ apply -f linkerd.yaml',
      'linkerd @ viz install',
      'kubectl @ apply -f linkerd.yaml',
      'linkerd @ check --wait 5s',
    ],
  );
});

test('deploy-all.sh takes Linkerd as it is where it is installed already', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS }).rule({ call: INJECTOR, stdout: 'webhook\n' });
  cluster.rule({ call: '*get namespace linkerd-viz *', stdout: 'namespace/linkerd-viz\n' });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(
    run.calls.filter((call) => call.startsWith('linkerd')),
    ['linkerd @ check --wait 5s'],
  );
});

test('deploy-all.sh gives the client the settings of the mesh, and rolls it when they change', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS });
  await cluster.run(ARGS);
  const meshed = readFileSync(path.join(ROOT, 'grpc_client_k8s/linkerd/configmap.yaml'), 'utf8');
  const bare = readFileSync(path.join(ROOT, 'grpc_client_k8s/configmap.yaml'), 'utf8');
  assert.equal(cluster.applied('client/grpc_client_k8s/configmap.yaml'), meshed);
  const withMesh = checksum(cluster.applied('client/grpc_client_k8s/deployment.yaml'));
  assert.match(withMesh, /^linkerd-[0-9a-f]{12}$/);

  await cluster.run([...ARGS, '--linkerd', 'off']);
  assert.equal(cluster.applied('client/grpc_client_k8s/configmap.yaml'), bare);
  assert.notEqual(checksum(cluster.applied('client/grpc_client_k8s/deployment.yaml')), withMesh);
});

test('deploy-all.sh --linkerd off keeps the proxies out, even where an injector runs', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS }).rule({ call: INJECTOR, stdout: 'webhook\n' });
  const run = await cluster.run([...ARGS, '--linkerd', 'off']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(
    run.calls.filter((call) => call.startsWith('linkerd')),
    [],
  );
  assert.match(cluster.applied('namespaces/envoy_proxy_k8s/00-namespace.yaml'), /linkerd\.io\/inject: disabled/);
  assert.match(run.stdout, /mesh +none/);
});

test('deploy-all.sh uses a mesh that is there although the CLI is not', async (t) => {
  const cluster = new StubCluster(t, { tools: 'kubectl' }).rule({ call: INJECTOR, stdout: 'webhook\n' });
  cluster.rule({ call: '*get pods -l app.kubernetes.io/name=* --field-selector=*', stdout: MESHED_POD });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /is in the cluster already; without its CLI it is used as it is/);
  assert.match(cluster.applied('client/grpc_client_k8s/configmap.yaml'), /LB_POLICY: pick_first/);
});

test('deploy-all.sh rolls pods that are older than the mesh, and counts those that are in it', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS });
  const pods = (workload: string): string => `*get pods -l app.kubernetes.io/name=${workload} --field-selector=*`;
  cluster.rule({ call: pods('grpc-server'), stdout: BARE_POD.repeat(2), times: 2 });
  cluster.rule({ call: pods('*'), stdout: MESHED_POD.repeat(2) });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(
    run.calls.filter((call) => call.includes('rollout restart')),
    ['kubectl @ -n grpc-server rollout restart deployment/grpc-server'],
  );
  assert.match(run.stdout, /mesh +Linkerd, pods with its proxy: grpc-client 2\/2, envoy 2\/2, grpc-server 2\/2/);
});

test('deploy-all.sh says so when pods stay without the proxy', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS });
  cluster.rule({ call: '*get pods -l app.kubernetes.io/name=* --field-selector=*', stdout: BARE_POD });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /note: some pods of deployment\/envoy are still without Linkerd's proxy/);
  assert.match(run.stdout, /mesh +Linkerd, pods with its proxy: grpc-client 0\/1, envoy 0\/1, grpc-server 0\/1/);
});

test('deploy-all.sh stops when Linkerd finds the cluster unfit', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS }).rule({
    call: 'linkerd @ check --pre',
    code: 1,
    stderr: '× no rights\n',
  });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /step linkerd: 'linkerd check --pre' found a reason not to install Linkerd/);
});

function checksum(deployment: string): string {
  return /checksum\/config: "([^"]*)"/.exec(deployment)?.[1] ?? '';
}

function shortened(call: string): string {
  return call.replace(/-f \S*\//, '-f ');
}
