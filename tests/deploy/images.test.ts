// How images get into each kind of cluster, and that pods run what was built last.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { copyOfTree } from './support/copy-of-tree';
import { MINIKUBES, type Run, StubCluster, writes } from './support/stub-cluster';

const ARGS = ['--timeout', '5'];

for (const [as, minikube] of MINIKUBES) {
  test(`deploy-all.sh loads images into a node that names them as ${as}, and again after an edit`, async (t) => {
    const cluster = new StubCluster(t, { minikube });
    const { folder, script } = copyOfTree(cluster);
    const server = (): string | undefined => cluster.images.get('docker.io/library/grpc-server:dev');
    const first = await cluster.run(ARGS, { script });
    assert.equal(first.code, 0, first.stderr);
    const before = server();
    assert.match(before ?? '', /^sha256:/);
    const shortNames = [...cluster.images.keys()].filter((name) => !name.startsWith('docker.io/library/'));
    assert.deepEqual(shortNames, [], 'pods do not find those');

    appendFileSync(path.join(folder, 'server/main.ts'), 'export {};\n');
    const second = await cluster.run(ARGS, { script });
    assert.equal(second.code, 0, second.stderr);
    assert.notEqual(server(), before);
    assert.deepEqual(restartsOf(second), ['deployment/grpc-server']);
  });

  test(`deploy-all.sh notices a failed build although minikube exits with 0, as ${as}`, async (t) => {
    const cluster = new StubCluster(t, { minikube });
    const { folder, script } = copyOfTree(cluster);
    assert.equal((await cluster.run(ARGS, { script })).code, 0); // an image of an earlier build proves nothing
    appendFileSync(path.join(folder, 'client/main.ts'), 'export {};\n');
    cluster.rule({ call: 'minikube * image build -t *grpc-client*', stdout: 'ERROR: failed to solve: exit code: 1\n' });
    const run = await cluster.run(ARGS, { script });
    assert.equal(run.code, 1);
    assert.match(run.sentence, /step images: grpc-client:dev was not built; the builder's output is above/);
    assert.match(run.stderr, /failed to solve/);
    assert.deepEqual(writes(run.calls), []);
  });

  test(`deploy-all.sh notices a missing tag although minikube exits with 0, as ${as}`, async (t) => {
    const cluster = new StubCluster(t, { minikube }).rule({ call: 'minikube * image tag *' });
    const run = await cluster.run(ARGS);
    assert.equal(run.code, 1);
    assert.match(
      run.sentence,
      /step images: 'minikube image tag \S+grpc-server:[0-9a-f]{12} docker\.io\/library\/grpc-server:dev' tagged nothing: .* is no image, and should be (sha256:)?[0-9a-f]{64}$/,
    );
    assert.deepEqual(writes(run.calls), []);
  });
}

test('deploy-all.sh builds inside minikube, under the name of the profile', async (t) => {
  const cluster = new StubCluster(t, { context: 'my-profile' });
  cluster.rule({ call: '*get nodes *minikube*', stdout: 'my-profile' });
  const run = await cluster.run([...ARGS, '--context', 'my-profile']);
  assert.equal(run.code, 0, run.stderr);
  const calls = run.calls.filter((call) => call.startsWith('minikube'));
  assert.ok(calls.length > 0);
  assert.deepEqual(
    calls.filter((call) => !call.startsWith('minikube -p my-profile image ')),
    [],
  );
});

for (const [context, tools, env] of [
  ['kind-demo', 'kubectl docker kind', {}],
  ['kind-demo', 'kubectl podman kind', { DOCKER: 'podman' }],
  ['docker-desktop', 'kubectl docker', {}],
] as const) {
  test(`deploy-all.sh loads images into ${context} with ${tools.split(' ')[1]}, where pods find them`, async (t) => {
    const cluster = new StubCluster(t, { context, tools });
    const run = await cluster.run(ARGS, { env });
    assert.equal(run.code, 0, run.stderr);
    if (context !== 'docker-desktop') {
      const names = ['client', 'server'].map((service) => `docker.io/library/grpc-${service}:dev`);
      assert.deepEqual([...cluster.images.keys()].sort(), names);
    }
    const again = await cluster.run(ARGS, { env });
    assert.deepEqual(restartsOf(again), []);
  });
}

test('deploy-all.sh --image-prefix pushes under a name that changes with the sources, and deploys it', async (t) => {
  const cluster = new StubCluster(t, { context: 'far-away', tools: 'kubectl docker' });
  const run = await cluster.run([...ARGS, '--context', 'far-away', '--image-prefix', 'ghcr.io/me/']);
  assert.equal(run.code, 0, run.stderr);
  const image = /^docker push (ghcr\.io\/me\/grpc-server:[0-9a-f]{12})$/m.exec(run.calls.join('\n'))?.[1];
  assert.ok(image, run.calls.filter((call) => call.startsWith('docker')).join('\n'));
  assert.ok(cluster.applied('server/grpc_server_k8s/deployment.yaml').includes(`image: ${image}\n`));
  assert.match(
    cluster.applied('client/grpc_client_k8s/deployment.yaml'),
    /image: ghcr\.io\/me\/grpc-client:[0-9a-f]{12}\n/,
  );
});

test('deploy-all.sh --image-prefix --no-build deploys what was pushed by hand', async (t) => {
  const cluster = new StubCluster(t, { context: 'far-away', tools: 'kubectl' });
  const run = await cluster.run([...ARGS, '--yes', '--no-build', '--image-prefix', 'ghcr.io/me']);
  assert.equal(run.code, 0, run.stderr);
  assert.ok(cluster.applied('server/grpc_server_k8s/deployment.yaml').includes('image: ghcr.io/me/grpc-server:dev\n'));
});

test('deploy-all.sh stops when an image was not built', async (t) => {
  const cluster = new StubCluster(t, { context: 'docker-desktop', tools: 'kubectl docker' }).rule({
    call: 'docker build *grpc-client*',
    code: 1,
    stderr: 'npm ERR!\n',
  });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /step images: grpc-client:dev was not built; the builder's output is above/);
  assert.match(run.stderr, /npm ERR!/);
  assert.deepEqual(writes(run.calls), []);
});

test('deploy-all.sh rolls a service when its image changed, and only then', async (t) => {
  const cluster = new StubCluster(t);
  const { folder, script } = copyOfTree(cluster);
  const restarts = async (): Promise<readonly string[]> => {
    const run = await cluster.run(ARGS, { script });
    assert.equal(run.code, 0, run.stderr);
    return restartsOf(run);
  };
  assert.deepEqual(await restarts(), [], 'new pods run the new image');
  assert.deepEqual(await restarts(), [], 'nothing changed');
  appendFileSync(path.join(folder, 'server/main.ts'), 'export {};\n');
  assert.deepEqual(await restarts(), ['deployment/grpc-server']);
  assert.deepEqual(await restarts(), []);
  appendFileSync(
    path.join(folder, 'server/main.ts'),
    '// The compiler drops this line, so the image stays the same.\n',
  );
  assert.deepEqual(await restarts(), [], 'the image is the same');

  // A run that is stopped between the build and the restart must not make the next one forget it.
  appendFileSync(path.join(folder, 'client/main.ts'), 'export {};\n');
  cluster.rule({ call: '*rollout restart deployment/grpc-client', code: 1, times: 1 });
  assert.equal((await cluster.run(ARGS, { script })).code, 1);
  assert.deepEqual(await restarts(), ['deployment/grpc-client']);
});

test('deploy-all.sh rolls the pods when the builder cannot report the image’s id', async (t) => {
  const cluster = new StubCluster(t, { context: 'docker-desktop', tools: 'kubectl docker' });
  cluster.rule({ call: 'docker image inspect *', code: 1 });
  const { folder, script } = copyOfTree(cluster);
  assert.equal((await cluster.run(ARGS, { script })).code, 0);
  appendFileSync(path.join(folder, 'server/main.ts'), 'export {};\n');
  assert.deepEqual(restartsOf(await cluster.run(ARGS, { script })), ['deployment/grpc-server']);
});

function restartsOf(run: Run): readonly string[] {
  return run.calls.filter((call) => call.includes('rollout restart')).map((call) => call.split(' ').at(-1) ?? '');
}
