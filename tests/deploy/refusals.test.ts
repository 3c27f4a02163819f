// What stops deploy-all.sh before it changes anything: one clear line, exit code not 0, no write.
import assert from 'node:assert/strict';
import test from 'node:test';
import { type Rule, StubCluster, writes } from './support/stub-cluster';

interface Refusal {
  readonly when: string;
  readonly context?: string;
  readonly tools?: string;
  readonly rules?: readonly Rule[];
  readonly args?: readonly string[];
  readonly code: number;
  readonly sentence: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  { when: 'kubectl is missing', tools: '', code: 1, sentence: /'kubectl' is not on PATH: https:/ },
  {
    when: 'there is no current context',
    rules: [{ call: 'kubectl config current-context', code: 1, stderr: 'error: current-context is not set' }],
    code: 1,
    sentence: /no current context: .*--context.* Without a cluster: \.\/deploy-all\.sh --local$/,
  },
  {
    when: 'the named context does not exist',
    args: ['--context', 'elsewhere'],
    code: 2,
    sentence: /knows no context 'elsewhere'; it has: minikube/,
  },
  {
    when: 'the current context looks like a production cluster',
    context: 'gke_shop_production',
    code: 2,
    sentence: /'gke_shop_production' .* is not a local cluster: add --context gke_shop_production/,
  },
  {
    when: 'the API server does not answer',
    rules: [{ call: '*get --raw /version', code: 1, stderr: 'The connection to the server was refused\n' }],
    code: 1,
    sentence:
      /does not answer; is it running\? The connection to the server was refused\. Without a cluster: \.\/deploy-all\.sh --local$/,
  },
  {
    when: 'Kubernetes is too old',
    rules: [{ call: '*get --raw /version', stdout: '{"gitVersion": "v1.28.9+k3s1"}' }],
    code: 1,
    sentence: /Kubernetes 1\.29 or newer is needed; .* says '1\.28\.9\+k3s1'/,
  },
  {
    when: 'the server that answers is not Kubernetes',
    rules: [{ call: '*get --raw /version', stdout: '<html>' }],
    code: 1,
    sentence: /says 'no version'/,
  },
  {
    when: 'rights are missing',
    rules: [
      { call: "*can-i ?' '? --all*", stdout: 'no\n', code: 1 },
      { call: '*can-i [*]*', stdout: 'no\n', code: 1 },
      { call: '*can-i create apiservices*', stdout: 'no\n', code: 1 },
      { call: '*can-i create secrets*', stdout: 'no\n', code: 1 },
    ],
    code: 1,
    sentence: /lacks the rights: create apiservices\.apiregistration\.k8s\.io, create secrets$/,
  },
  {
    when: 'a namespace of the same name belongs to others',
    rules: [
      {
        call: '*get namespaces prometheus *',
        stdout: 'grafana   Active   <none>\nenvoy   Active   grpc-load-balancing\n',
      },
    ],
    code: 1,
    sentence: /namespace grafana exists and is not ours; .* label namespace grafana app\.kubernetes\.io\/part-of=/,
  },
  {
    when: 'a namespace is still being deleted',
    rules: [{ call: '*get namespaces prometheus *', stdout: 'envoy   Terminating   grpc-load-balancing\n' }],
    code: 1,
    sentence: /namespace envoy is still being deleted; run this again when it is gone/,
  },
  {
    when: 'another service provides the custom metrics API',
    rules: [{ call: '*{.spec.service.namespace}*', stdout: 'keda/keda-metrics' }],
    code: 1,
    sentence: /v1beta1\.custom\.metrics\.k8s\.io belongs to service keda\/keda-metrics; .*--without adapter/,
  },
  {
    when: 'Linkerd should be installed and its CLI is missing',
    args: ['--linkerd', 'on'],
    code: 1,
    sentence: /'linkerd' is not on PATH/,
  },
  {
    when: 'Linkerd should be installed and --only leaves its step out',
    args: ['--linkerd', 'on', '--only', 'envoy'],
    code: 2,
    sentence: /not all of it is in the cluster, and --only envoy does not install it/,
  },
  {
    when: 'minikube is missing and its image builder is needed',
    tools: 'kubectl',
    args: [],
    code: 1,
    sentence: /'minikube' is not on PATH: .*--no-build/,
  },
  {
    when: 'the images have no way into the cluster',
    context: 'far-away',
    args: ['--context', 'far-away'],
    code: 2,
    sentence: /context 'far-away': its images need --image-prefix REGISTRY or --no-build/,
  },
  {
    when: 'a manifest is not YAML',
    args: ['--no-build'],
    rules: [
      { call: '*dry-run=server*/envoy -R', code: 1, stderr: 'error: error parsing service.yaml: line 3: mapping\n' },
    ],
    code: 1,
    sentence: /envoy_proxy_k8s is not valid, nothing was changed: error: error parsing service\.yaml: line 3/,
  },
  {
    when: 'the API server does not know a field, on a cluster without our namespaces',
    args: ['--no-build'],
    rules: [
      {
        call: '*dry-run=server*/server -R',
        code: 1,
        stderr:
          'Error from server (NotFound): namespaces "grpc-server" not found\n' +
          'Error from server: failed to create typed patch object: .spec.replica: field not declared in schema\n',
      },
    ],
    code: 1,
    sentence: /grpc_server_k8s is not valid, nothing was changed: .*\.spec\.replica: field not declared/,
  },
];

for (const { when, context, tools, rules = [], args = ['--no-build'], code, sentence } of REFUSALS) {
  test(`deploy-all.sh stops before any change when ${when}`, async (t) => {
    const cluster = new StubCluster(t, { ...(context && { context }), ...(tools !== undefined && { tools }) });
    for (const rule of rules) cluster.rule(rule);
    const run = await cluster.run(args);
    assert.equal(run.code, code, `${run.stdout}${run.stderr}`);
    assert.match(run.sentence, sentence);
    assert.deepEqual(writes(run.calls), []);
    assert.deepEqual(cluster.leftBehind, []);
  });
}

for (const args of [['--context', 'gke_shop_production'], ['--yes']]) {
  test(`deploy-all.sh accepts any context with ${args[0]}`, async (t) => {
    const run = await new StubCluster(t, { context: 'gke_shop_production' }).run([...args, '--no-build']);
    assert.equal(run.code, 0, run.stderr);
  });
}

for (const context of ['minikube', 'kind-demo', 'docker-desktop']) {
  test(`deploy-all.sh accepts the current context ${context} without an option`, async (t) => {
    const run = await new StubCluster(t, { context }).run(['--no-build']);
    assert.equal(run.code, 0, run.stderr);
  });
}

test('deploy-all.sh reports other mistakes once the namespaces exist, and makes nothing else', async (t) => {
  const cluster = new StubCluster(t);
  cluster.rule({
    call: '*dry-run=server*/envoy -R',
    code: 1,
    times: 1,
    stderr: 'Error from server (NotFound): namespaces "envoy" not found\n',
  });
  cluster.rule({
    call: '*dry-run=server*/envoy -R',
    code: 1,
    stderr: 'The Service "envoy" is invalid:\n* spec.ports[0].port: Invalid value: 0\n',
  });
  const run = await cluster.run(['--no-build']);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /envoy_proxy_k8s is not valid, only the namespaces were made: .*spec\.ports\[0\]\.port/);
  assert.equal(writes(run.calls).length, 1);
});

test('deploy-all.sh does not treat kubectl’s errors about an unavailable API as a mistake in a manifest', async (t) => {
  const cluster = new StubCluster(t);
  cluster.rule({
    call: '*dry-run=server*/envoy -R',
    code: 1,
    times: 1,
    stderr:
      'E1124 06:13:14.182985 1 memcache.go:265] "Unhandled Error" err="couldn\'t get resource list for custom.metrics.k8s.io/v1beta1"\n' +
      'Error from server (NotFound): namespaces "envoy" not found\n',
  });
  const run = await cluster.run(['--no-build', '--only', 'validate']);
  assert.equal(run.code, 0, run.stderr);
});
