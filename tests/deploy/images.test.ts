// How images get into each kind of cluster, and that pods run what was built last.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync } from 'node:fs';
import * as path from 'node:path';
import test from 'node:test';
import { ROOT, StubCluster, writes } from './support/stub-cluster';

const ARGS = ['--timeout', '5'];

test('deploy-all.sh builds inside minikube, under the name of the profile', async (t) => {
  const cluster = new StubCluster(t, { context: 'my-profile' });
  cluster.rule({ call: '*get nodes *minikube*', stdout: 'my-profile' });
  const run = await cluster.run([...ARGS, '--context', 'my-profile']);
  assert.equal(run.code, 0, run.stderr);
  const calls = run.calls
    .filter((call) => / image (build|tag)/.test(call))
    .map((call) => call.replaceAll(/:[0-9a-f]{12}\b/g, ':SOURCES'));
  assert.deepEqual(
    calls,
    ['server', 'client'].flatMap((service) => [
      `minikube -p my-profile image build -t grpc-${service}:SOURCES -f Dockerfile.${service} .`,
      `minikube -p my-profile image tag grpc-${service}:SOURCES grpc-${service}:dev`,
    ]),
  );
});

test('deploy-all.sh builds with Docker and loads into kind', async (t) => {
  const run = await new StubCluster(t, { context: 'kind-demo', tools: 'kubectl docker kind' }).run(ARGS);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(
    run.calls.filter((call) => /^(docker|kind) /.test(call)),
    [
      'docker build -t grpc-server:dev -f Dockerfile.server .',
      'kind load docker-image grpc-server:dev --name demo',
      'docker build -t grpc-client:dev -f Dockerfile.client .',
      'kind load docker-image grpc-client:dev --name demo',
    ],
  );
});

test('deploy-all.sh --image-prefix pushes under a name that moves with the sources, and deploys that name', async (t) => {
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

test('deploy-all.sh stops at an image that was not built', async (t) => {
  const cluster = new StubCluster(t).rule({
    call: 'minikube * image build -t grpc-client*',
    code: 1,
    stderr: 'npm ERR!\n',
  });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /step images: grpc-client:dev was not built; the builder's words are above/);
  assert.match(run.stderr, /npm ERR!/);
  assert.deepEqual(writes(run.calls), []);
});

test('deploy-all.sh does not believe a builder that reports success without an image', async (t) => {
  const cluster = new StubCluster(t);
  // What an earlier build has left is no proof.
  cluster.rule({ call: 'minikube * image ls', stdout: 'docker.io/library/grpc-server:dev\n' });
  const run = await cluster.run(ARGS);
  assert.equal(run.code, 1);
  assert.match(run.sentence, /grpc-server:dev was not built/);
});

test('deploy-all.sh rolls a service when its sources changed, and only then', async (t) => {
  const cluster = new StubCluster(t);
  const copy = path.join(cluster.temporaryFolder, '..', 'copy');
  mkdirSync(copy);
  for (const part of [
    'deploy-all.sh',
    'scripts',
    'proto',
    'runtime',
    'server',
    'client',
    ...buildFiles(),
    ...manifests(),
  ]) {
    cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
  }
  const script = path.join(copy, 'deploy-all.sh');
  const restarts = async (): Promise<readonly string[]> => {
    const run = await cluster.run(ARGS, { script });
    assert.equal(run.code, 0, run.stderr);
    return run.calls.filter((call) => call.includes('rollout restart')).map((call) => call.split(' ').at(-1) ?? '');
  };
  assert.deepEqual(await restarts(), [], 'new pods run the new image');
  assert.deepEqual(await restarts(), [], 'nothing changed');
  appendFileSync(path.join(copy, 'server/main.ts'), '// edited\n');
  assert.deepEqual(await restarts(), ['deployment/grpc-server']);
  assert.deepEqual(await restarts(), []);

  // A run that is stopped between the build and the restart must not make the next one forget it.
  appendFileSync(path.join(copy, 'client/main.ts'), '// edited\n');
  cluster.rule({ call: '*rollout restart deployment/grpc-client', code: 1, times: 1 });
  assert.equal((await cluster.run(ARGS, { script })).code, 1);
  assert.deepEqual(await restarts(), ['deployment/grpc-client']);
});

function buildFiles(): readonly string[] {
  const files =
    'Dockerfile.server Dockerfile.client package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json';
  return files.split(' ');
}

function manifests(): readonly string[] {
  return ['prometheus_k8s', 'grpc_server_k8s', 'envoy_proxy_k8s', 'grpc_client_k8s', 'grafana_k8s'];
}
