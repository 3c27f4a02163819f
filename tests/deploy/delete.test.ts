// `deploy-all.sh --delete`: the order that lets nothing hang, only what carries our label, and a look afterwards.
import assert from 'node:assert/strict';
import test from 'node:test';
import { StubCluster, writes } from './support/stub-cluster';

const OURS = 'app.kubernetes.io/part-of=grpc-load-balancing';

test('deploy-all.sh --delete removes autoscalers first, then the APIService, then the rest that is cluster-wide', async (t) => {
  const run = await new StubCluster(t).run(['--delete', '--timeout', '7']);
  assert.equal(run.code, 0, run.stderr);
  const deletions = writes(run.calls);
  assert.deepEqual(
    deletions.map((call) => call.replace(/^kubectl @ delete (\S+( -A| -n \S+)?) .*/, '$1')),
    [
      'horizontalpodautoscalers -A',
      'apiservices',
      'deployments -A',
      'namespaces',
      'clusterrolebindings,clusterroles',
      'rolebindings -n kube-system',
    ],
  );
  for (const call of deletions) {
    assert.ok(call.includes(` -l ${OURS} `), `this would delete objects of others: ${call}`);
    assert.ok(call.includes('--ignore-not-found') && call.includes('--wait') && call.includes('--timeout=7s'), call);
  }
  assert.match(run.stdout, /nothing of ours is left/);
});

test('deploy-all.sh --delete looks for every kind that it applies, and fails when an object is left', async (t) => {
  const cluster = new StubCluster(t).rule({
    call: '*get *rolebindings*-A *-o name',
    stdout: 'rolebinding/adapter-auth\n',
  });
  const run = await cluster.run(['--delete']);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /step delete: still there: rolebinding\/adapter-auth/);
  assert.deepEqual(cluster.leftBehind, []);
});

test('deploy-all.sh --delete says which namespace hangs, and why', async (t) => {
  const cluster = new StubCluster(t);
  cluster.rule({ call: '*delete namespaces *', code: 1, stderr: 'error: timed out waiting for the condition\n' });
  cluster.rule({ call: '*get namespaces -l *', stdout: 'envoy   some finalizers remain\n' });
  const run = await cluster.run(['--delete']);
  assert.equal(run.code, 1);
  assert.match(
    run.sentence,
    /cannot delete namespaces: error: timed out .* \(still there: envoy some finalizers remain\)/,
  );
});

test('deploy-all.sh --delete refuses without the rights, or on a remote cluster that was not named', async (t) => {
  const cluster = new StubCluster(t);
  cluster.rule({ call: '*can-i [*]*', stdout: 'no\n' }).rule({ call: '*can-i delete namespaces*', stdout: 'no\n' });
  const run = await cluster.run(['--delete']);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /lacks the rights: delete namespaces/);
  assert.deepEqual(writes(run.calls), []);
  const elsewhere = await new StubCluster(t, { context: 'production' }).run(['--delete']);
  assert.equal(elsewhere.code, 2);
  assert.deepEqual(writes(elsewhere.calls), []);
});

test('deploy-all.sh --delete leaves Linkerd in place and says how to remove it', async (t) => {
  const cluster = new StubCluster(t).rule({ call: '*get mutatingwebhookconfigurations*', stdout: 'webhook/linkerd\n' });
  const run = await cluster.run(['--delete']);
  assert.equal(run.code, 0, run.stderr);
  const line = /^Linkerd stays\. .*: linkerd --context minikube uninstall \| kubectl --context minikube delete -f -$/m;
  assert.match(run.stdout, line);
  const withViz = await cluster.rule({ call: '*get namespace linkerd-viz *', stdout: 'x\n' }).run(['--delete']);
  assert.match(
    withViz.stdout,
    /: linkerd --context minikube viz uninstall \| .* ; linkerd --context minikube uninstall/,
  );
});

test('every manifest has the label that --delete selects by', async (t) => {
  const cluster = new StubCluster(t);
  await cluster.run(['--no-build', '--timeout', '5']);
  const names = cluster.appliedNames;
  assert.ok(names.length > 50);
  const bare = names.filter(
    (name) => !/^ {4}app\.kubernetes\.io\/part-of: grpc-load-balancing$/m.test(cluster.applied(name)),
  );
  assert.deepEqual(bare, []);
});

test('deploy-all.sh --delete prints the command that removes the images of all sources, if any', async (t) => {
  const cluster = new StubCluster(t);
  const none = await cluster.run(['--delete', '--timeout', '7']);
  assert.doesNotMatch(none.stdout, /Images stay/);
  cluster.rule({
    call: 'minikube -p minikube image ls',
    stdout:
      'registry.k8s.io/pause:3.10\ndocker.io/library/grpc-server:dev\ndocker.io/library/grpc-server:0123456789ab\n',
  });
  const run = await cluster.run(['--delete', '--timeout', '7']);
  assert.equal(run.code, 0, run.stderr);
  const line = /^Images stay in minikube \(2, .*:\n {2}(.*)$/m.exec(run.stdout)?.[1];
  assert.equal(
    line,
    "minikube -p minikube image ls | grep -E '^docker.io/library/grpc-(server|client):' | xargs -n 1 minikube -p minikube image rm",
  );
});
