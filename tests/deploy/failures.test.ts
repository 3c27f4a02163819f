// What goes wrong half-way: the step that failed shows its pods, events and log, and one sentence says why; a re-run heals.
import assert from 'node:assert/strict';
import test from 'node:test';
import { appliedSteps, type Rule, StubCluster } from './support/stub-cluster';

const NOT_YET: Rule = {
  call: '*rollout status deployment/envoy *',
  stdout: 'Waiting for deployment "envoy" rollout to finish: 0 of 2 updated replicas are available...\n',
};
const NEWEST: Rule = { call: '*get replicasets*name=envoy *', stdout: 'aaa   1\nbbb   2\n' };
const PODS = '*get pods -l app.kubernetes.io/name=envoy,pod-template-hash=bbb*';

/** A hopeless wait is cut short long before its timeout: the sentence tells which of the two it was. */
interface Failure {
  readonly when: string;
  readonly rules: readonly Rule[];
  readonly timeout?: string;
  /** How long a pod may be in trouble (s). */
  readonly patience?: string;
  readonly sentence: RegExp;
  /** The step that fails; only it is run, which is quick. */
  readonly step: string;
}

const FAILURES: readonly Failure[] = [
  {
    when: 'a rollout takes too long',
    rules: [NOT_YET],
    timeout: '1',
    sentence: /step envoy: deployment\/envoy is not rolled out after 1 s \(.*0 of 2 updated replicas are available/,
    step: 'envoy',
  },
  {
    when: 'an image is not in the cluster and may not be pulled',
    rules: [NOT_YET, NEWEST, { call: PODS, stdout: 'envoy-bbb-1| ErrImageNeverPull|\n' }],
    timeout: '60',
    patience: '500', // the kubelet will not try again, so there is nothing to be patient for
    sentence: /step envoy: deployment\/envoy is not rolled out: pod envoy-bbb-1: ErrImageNeverPull, image/,
    step: 'envoy',
  },
  {
    when: 'an image still cannot be pulled after a while',
    rules: [NOT_YET, NEWEST, { call: PODS, stdout: 'envoy-bbb-1| ImagePullBackOff|\n' }],
    timeout: '60',
    sentence: /deployment\/envoy is not rolled out: pod envoy-bbb-1: ImagePullBackOff, image/,
    step: 'envoy',
  },
  {
    when: 'a container crashes again and again',
    rules: [NOT_YET, NEWEST, { call: PODS, stdout: 'envoy-bbb-1| CrashLoopBackOff|\n' }],
    timeout: '60',
    sentence: /deployment\/envoy is not rolled out: pod envoy-bbb-1: CrashLoopBackOff/,
    step: 'envoy',
  },
  {
    when: 'admission refuses the pods',
    rules: [NOT_YET, { call: '*get deployment envoy *ReplicaFailure*', stdout: 'exceeded quota: small' }],
    timeout: '60',
    sentence: /deployment\/envoy is not rolled out: pods are refused: exceeded quota: small/,
    step: 'envoy',
  },
  {
    when: 'no node has room',
    rules: [NOT_YET, NEWEST, { call: PODS, stdout: 'envoy-bbb-1| |0/1 nodes are available: 1 Insufficient cpu.\n' }],
    timeout: '1',
    sentence:
      /is not rolled out after 1 s \(pod envoy-bbb-1 is not scheduled: 0\/1 nodes are available: 1 Insufficient cpu\./,
    step: 'envoy',
  },
  {
    when: 'the API server refuses an object',
    rules: [
      { call: '*apply*manager=deploy-all -f */client -R', code: 1, stderr: 'Error from server (Forbidden): no\n' },
    ],
    sentence: /step client: the API server refused grpc_client_k8s: Error from server \(Forbidden\): no/,
    step: 'client',
  },
  {
    when: 'the custom metrics API stays unavailable',
    rules: [
      { call: '*get apiservice*Available*.status}', stdout: 'False' },
      { call: '*get apiservice*Available*.message}', stdout: 'failing or missing response: x509' },
    ],
    timeout: '1',
    sentence:
      /step adapter: APIService v1beta1\.custom\.metrics\.k8s\.io is not available after 1 s \(failing or missing.*x509/,
    step: 'adapter',
  },
  {
    when: 'a metric does not come',
    rules: [{ call: '*/pods/?/envoy_cluster_upstream_per_second', code: 1, stderr: 'could not find the metric\n' }],
    timeout: '1',
    sentence:
      /step hpas: custom metric envoy_cluster_upstream_per_second is not in the custom metrics API after 1 s \(could not find the metric/,
    step: 'hpas',
  },
  {
    when: 'no call is answered',
    rules: [{ call: '*logs -l app.kubernetes.io/name=grpc-client -c *', stdout: '{"msg":"call failed"}\n' }],
    timeout: '1',
    sentence: /step client: the first reply is not in the client's log after 1 s \(\{"msg":"call failed"\}\)/,
    step: 'client',
  },
  {
    when: 'one pod gets every call',
    rules: [
      {
        call: '*logs -l app.kubernetes.io/name=grpc-client -c *',
        stdout: '{"msg":"Received: Hello, K! This message is from grpc-server-a"}\n'.repeat(12),
      },
    ],
    timeout: '1',
    sentence:
      /step smoke: a sample of replies is not in the client's log after 1 s \(12 of 12 replies, from 1 of 3 server pods\)/,
    step: 'smoke',
  },
  {
    when: 'kubectl fails at an unexpected place',
    rules: [{ call: '*get deployment grpc-server --ignore-not-found*', code: 1, stderr: 'connection reset\n' }],
    sentence: /step server: '.*' failed with exit code 1 \(steps\.sh, line \d+\)/,
    step: 'server',
  },
];

for (const { when, rules, timeout = '5', patience = '1', sentence, step } of FAILURES) {
  test(`deploy-all.sh ends with one sentence when ${when}, and succeeds when run again`, async (t) => {
    const cluster = new StubCluster(t);
    for (const rule of rules) cluster.rule(rule);
    const env = { STUCK_SECONDS: patience };
    const run = await cluster.run(['--no-build', '--only', step, '--timeout', timeout], { env });
    assert.equal(run.code, 1, run.stdout);
    assert.match(run.sentence, sentence);
    assert.deepEqual(cluster.leftBehind, []);

    cluster.clearRules();
    const again = await cluster.run(['--no-build', '--only', step, '--timeout', '5']);
    assert.equal(again.code, 0, again.stderr);
  });
}

test('deploy-all.sh does nothing after the step that failed', async (t) => {
  const run = await new StubCluster(t).rule(NOT_YET).run(['--no-build', '--timeout', '1']);
  assert.equal(run.code, 1);
  assert.equal(appliedSteps(run.calls).at(-1), 'envoy');
  assert.ok(!run.stdout.includes('Next'), 'a failed run must not print next steps');
});

test('deploy-all.sh shows pods, events and log lines of the step that failed, before the sentence', async (t) => {
  const cluster = new StubCluster(t).rule(NOT_YET);
  cluster.rule({ call: '*get pods*-o wide', stdout: 'envoy-1 0/1 Pending\n' });
  cluster.rule({ call: '*-n envoy get events*', stdout: 'Warning FailedMount\n' });
  cluster.rule({ call: '*-n envoy logs*', stdout: 'bind: address in use\n' });
  const { stderr } = await cluster.run(['--no-build', '--only', 'envoy', '--timeout', '1']);
  const parts = ['envoy-1 0/1 Pending', 'Warning FailedMount', 'bind: address in use', 'deploy-all.sh: step envoy:'];
  const places = parts.map((part) => stderr.indexOf(part));
  assert.ok(places[0] !== -1, stderr);
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test('deploy-all.sh judges a rollout by its newest pods only', async (t) => {
  const cluster = new StubCluster(t).rule({ ...NOT_YET, times: 3 }).rule(NEWEST);
  cluster.rule({
    call: '*get pods -l app.kubernetes.io/name=envoy,pod-template-hash=aaa*',
    stdout: 'old|ErrImageNeverPull|\n',
  });
  const run = await cluster.run(['--no-build', '--only', 'envoy', '--timeout', '30']);
  assert.equal(run.code, 0, run.stderr);
});

test('deploy-all.sh waits for the controller to see a new spec before it judges the pods', async (t) => {
  const cluster = new StubCluster(t).rule(NEWEST).rule({ call: PODS, stdout: 'envoy-bbb-1|ErrImageNeverPull|\n' });
  cluster.rule({
    call: '*rollout status deployment/envoy *',
    stdout: 'Waiting for deployment spec update to be observed...\n',
    times: 2,
  });
  const run = await cluster.run(['--no-build', '--only', 'envoy', '--timeout', '30']);
  assert.equal(run.code, 0, run.stderr);
});

test('deploy-all.sh replaces pods that have waited for an image since an earlier run', async (t) => {
  const cluster = new StubCluster(t);
  cluster.rule({
    call: '*get pods -l app.kubernetes.io/name=grpc-server -o jsonpath*',
    stdout: 'grpc-server-a| |\ngrpc-server-b| ImagePullBackOff|\n',
    times: 1,
  });
  const run = await cluster.run(['--no-build', '--only', 'server', '--timeout', '5']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(
    run.calls.filter((call) => call.includes(' delete ')),
    ['kubectl @ -n grpc-server delete pod grpc-server-b --ignore-not-found --wait=false'],
  );
});
