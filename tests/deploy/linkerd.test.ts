// Linkerd itself: what is there is used, what is asked for is installed, in the order that its CLI wants, and its own words
// are shown where something fails. What the mesh means for our pods is in mesh.test.ts.
import assert from 'node:assert/strict';
import test from 'node:test';
import { StubCluster, writes } from './support/stub-cluster';

const TOOLS = 'kubectl linkerd';
const ARGS = ['--no-build', '--timeout', '5'];
const ON = [...ARGS, '--linkerd', 'on'];
const INJECTOR = '*get mutatingwebhookconfigurations linkerd-proxy-injector-webhook-config*';
const THERE = { call: INJECTOR, stdout: 'webhook\n' };
const CHECK = 'linkerd @ check --output short --wait 5s';

test('deploy-all.sh --linkerd on installs in the order that the CLI requires: the Gateway API before the check', async (t) => {
  const run = await new StubCluster(t, { tools: TOOLS }).run(ON);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(linkerdCalls(run.calls), [
    'linkerd @ install --crds', // asked which release of the Gateway API it wants
    'kubectl @ apply --server-side -f v1.5.1/standard-install.yaml',
    `${CHECK} --pre`,
    'linkerd @ install --crds',
    'kubectl @ apply -f linkerd.yaml',
    'linkerd @ install --set proxyInit.runAsRoot=true',
    'kubectl @ apply -f linkerd.yaml',
    CHECK,
  ]);
  assert.match(run.stdout, /applying the Gateway API's CRDs, which Linkerd needs: https:\S+\/v1\.5\.1\//);
});

test('deploy-all.sh installs the release of the Gateway API that the CLI names, or else its own default', async (t) => {
  const newer = new StubCluster(t, { tools: TOOLS });
  const run = await newer.run(ON, { env: { STUB_GATEWAY_API: 'v1.9.0' } });
  assert.equal(run.code, 0, run.stderr);
  assert.ok(linkerdCalls(run.calls).includes('kubectl @ apply --server-side -f v1.9.0/standard-install.yaml'));

  const silent = new StubCluster(t, { tools: TOOLS });
  silent.rule({ call: 'linkerd @ install --crds', code: 1, stderr: 'see https://gateway-api.sigs.k8s.io\n', times: 1 });
  const fallback = await silent.run(ON);
  assert.equal(fallback.code, 0, fallback.stderr);
  assert.ok(linkerdCalls(fallback.calls).includes('kubectl @ apply --server-side -f v1.5.1/standard-install.yaml'));
});

test('deploy-all.sh leaves an existing Gateway API unchanged', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS });
  cluster.rule({ call: '*get crd httproutes.gateway.networking.k8s.io *', stdout: 'crd/httproutes\n' });
  cluster.rule({ call: `${CHECK} --pre` }).rule({ call: 'linkerd @ install --crds', stdout: '# installs crds\n' });
  const run = await cluster.run(ON);
  assert.equal(run.code, 0, run.stderr);
  assert.ok(!run.calls.some((call) => call.includes('standard-install.yaml')));
});

test('deploy-all.sh does not install Linkerd unasked, even with its CLI on PATH', async (t) => {
  const run = await new StubCluster(t, { tools: TOOLS }).run(ARGS);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(linkerdCalls(run.calls), []);
  assert.match(run.stdout, /\[linkerd\] is not in the cluster: no mesh, .*\(--linkerd on installs it\)/);
  assert.match(run.stdout, /mesh +none$/m);
});

test('deploy-all.sh installs the dashboard only with --linkerd-viz, also on an installed Linkerd', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS });
  const without = await cluster.run(ON);
  assert.ok(!without.calls.some((call) => call.includes('viz install')));
  const run = await cluster.run([...ON, '--linkerd-viz']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(linkerdCalls(run.calls), ['linkerd @ viz install', 'kubectl @ apply -f linkerd.yaml', CHECK]);
  const again = await cluster.run([...ON, '--linkerd-viz']);
  assert.deepEqual(linkerdCalls(again.calls), [CHECK]);
});

test('deploy-all.sh passes values to the installation after its own, and says when they come too late', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS });
  const values = ['--linkerd-set', 'clusterNetworks=10.0.0.0/8\\,198.18.0.0/15', '--linkerd-set=proxy.cores=1'];
  const run = await cluster.run([...ON, ...values]);
  assert.equal(run.code, 0, run.stderr);
  const install =
    'linkerd @ install --set proxyInit.runAsRoot=true --set clusterNetworks=10.0.0.0/8\\,198.18.0.0/15 --set proxy.cores=1';
  assert.ok(run.calls.includes(install), run.calls.join('\n'));
  const late = await cluster.run([...ON, ...values]);
  assert.equal(late.code, 0, late.stderr);
  assert.match(late.stderr, /Linkerd is in the cluster already, so --linkerd-set changes nothing/);
});

test('deploy-all.sh needs --linkerd-cluster-wide to install Linkerd on a cluster that is not local', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS, context: 'production' });
  const once = await cluster.run([...ON, '--context', 'production']);
  assert.equal(once.code, 2);
  assert.match(once.sentence, /whole cluster 'production', which is not a local one: add --linkerd-cluster-wide/);
  assert.deepEqual([...writes(once.calls), ...linkerdCalls(once.calls)], []);
  const twice = await cluster.run([...ON, '--context', 'production', '--linkerd-cluster-wide']);
  assert.equal(twice.code, 0, twice.stderr);
  assert.ok(twice.calls.includes('linkerd @ install --set proxyInit.runAsRoot=true'));
  // From here on only the dashboard is left to install, so only the dashboard needs the option.
  const use = await cluster.run([...ON, '--context', 'production']);
  assert.equal(use.code, 0, use.stderr);
  assert.equal((await cluster.run([...ON, '--linkerd-viz', '--context', 'production'])).code, 2);
});

test('deploy-all.sh uses an installed Linkerd as it is', async (t) => {
  const run = await new StubCluster(t, { tools: TOOLS }).rule(THERE).run(ARGS);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(linkerdCalls(run.calls), [CHECK]);
  assert.match(run.stdout, /\[linkerd\] is in the cluster: pods get its proxy/);
});

test('deploy-all.sh uses an installed mesh without the CLI, also with --linkerd on', async (t) => {
  for (const mode of ['auto', 'on']) {
    const cluster = new StubCluster(t, { tools: 'kubectl' }).rule(THERE);
    const run = await cluster.run([...ARGS, '--linkerd', mode]);
    assert.equal(run.code, 0, run.stderr);
    assert.match(cluster.applied('client/grpc_client_k8s/configmap.yaml'), /LB_POLICY: pick_first/);
  }
});

test('deploy-all.sh does not treat a failed look-up as a cluster without Linkerd', async (t) => {
  const failed = { call: INJECTOR, code: 1, stderr: 'the server is currently unable to handle the request\n' };
  const run = await new StubCluster(t, { tools: TOOLS }).rule(failed).run(ARGS);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /the API server did not say whether Linkerd is in the cluster/);
  assert.deepEqual(writes(run.calls), []);
  // A user without the right to look gets no mesh, and a warning about it.
  const forbidden = new StubCluster(t, { tools: TOOLS }).rule(failed);
  const call = '*can-i get mutatingwebhookconfigurations*';
  const bare = await forbidden.rule({ call, stdout: 'no\n', code: 1 }).run(ARGS);
  assert.equal(bare.code, 0, bare.stderr);
  assert.match(
    bare.stderr,
    /may not read MutatingWebhookConfigurations, so this run assumes that Linkerd is not in the cluster/,
  );
});

test('deploy-all.sh does not print the output of the CLI while all is well', async (t) => {
  const run = await new StubCluster(t, { tools: TOOLS }).run([...ON, '--linkerd-viz']);
  assert.equal(run.code, 0, run.stderr);
  assert.doesNotMatch(`${run.stdout}${run.stderr}`, /Next, run|√|Rendering/);
  assert.match(run.stdout, /\[linkerd\] 'linkerd check' passes/);
});

test('deploy-all.sh shows the output of the CLI when its check fails, before or after installing', async (t) => {
  for (const [call, sentence] of [
    [
      `${CHECK} --pre`,
      /step linkerd: 'linkerd check --pre' found a reason not to install Linkerd; its output is above/,
    ],
    [CHECK, /step linkerd: 'linkerd check' fails \(--linkerd off leaves the mesh out\); its output is above/],
  ] as const) {
    const cluster = new StubCluster(t, { tools: TOOLS }).rule({ call, code: 1, stdout: '× no rights\n' });
    const run = await cluster.run(ON);
    assert.equal(run.code, 1);
    assert.match(run.stderr, /^× no rights$/m);
    assert.match(run.sentence, sentence);
  }
});

test('deploy-all.sh shows the output of the CLI when it cannot make a manifest', async (t) => {
  const cluster = new StubCluster(t, { tools: TOOLS });
  cluster.rule({
    call: 'linkerd @ install --set *',
    code: 1,
    stderr: 'failed parsing --set data: key "x" has no value\n',
  });
  const run = await cluster.run(ON);
  assert.equal(run.code, 1);
  assert.match(run.stderr, /^failed parsing --set data/m);
  assert.match(
    run.sentence,
    /step linkerd: 'linkerd install --set proxyInit\.runAsRoot=true' failed; its output is above/,
  );
});

test('a call is the same whatever the temporary folder of the run is called', () => {
  for (const folder of ['deploy-all.v5rms7', 'v1.2.3-all.Xy12ab', 'deploy-all.aBcDeF'])
    assert.deepEqual(linkerdCalls([`kubectl @ apply -f /tmp/${folder}/linkerd.yaml`]), [
      'kubectl @ apply -f linkerd.yaml',
    ]);
});

function linkerdCalls(calls: readonly string[]): readonly string[] {
  return calls
    .filter((call) => call.startsWith('linkerd') || call.includes('gateway-api') || call.includes('linkerd.yaml'))
    .map((call) => call.replace(/-f \S*?((?<=\/)v\d+\.\d+\.\d+\/)?([^/ ]+)$/, '-f $1$2'));
}
