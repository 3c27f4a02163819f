import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManifestError } from '../../../manifest-reader/fields';
import { MANIFEST_FOLDERS, manifestsRoot, readManifests, servicesOf } from '../../../manifest-reader/manifests';

const PROJECT = path.join(__dirname, '../../..');

describe('readManifests()', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'manifests-test-'));
    for (const folder of MANIFEST_FOLDERS)
      cpSync(path.join(PROJECT, folder), path.join(root, folder), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function edit(file: string, from: string | RegExp, to: string): void {
    const text = readFileSync(path.join(root, file), 'utf8');
    const edited = text.replace(from, to);
    assert.notEqual(edited, text, `${file} has no ${from}`);
    writeFileSync(path.join(root, file), edited);
  }

  it('reads what a server process needs from its Deployment', () => {
    const { server } = readManifests(root);
    assert.equal(server.deployment, 'grpc-server');
    assert.equal(server.env.GRPC_PORT, '50051');
    assert.equal(server.podFields.POD_NAME, 'metadata.name');
    assert.equal(server.ports.grpc, 50051);
    assert.deepEqual(server.readiness?.check, { kind: 'grpc', port: 50051, service: '' });
    assert.ok(server.terminationGraceMs > Number(server.env.DRAIN_DELAY_MS) + Number(server.env.GRACE_MS));
  });

  it('reads Envoy’s version, arguments, files and hook', () => {
    const { envoy, envoyVersion } = readManifests(root);
    assert.equal(envoy.image, `envoyproxy/envoy:v${envoyVersion}`);
    assert.ok(envoy.args.includes('/etc/envoy/envoy.yaml'));
    assert.match(envoy.mounts['/etc/envoy']?.['envoy.yaml'] ?? '', /static_resources:/);
    assert.deepEqual(envoy.preStop, ['bash', '/etc/envoy/pre-stop.sh']);
    assert.deepEqual(envoy.readiness?.check, { kind: 'http', port: 9902, path: '/ready' });
  });

  it('reads the client’s environment through its ConfigMap', () => {
    const { client } = readManifests(root);
    assert.equal(client.env.GRPC_SERVER_DOMAIN, 'envoy-headless.envoy.svc.cluster.local');
    assert.equal(client.env.LB_POLICY, 'round_robin');
  });

  it('lists the names of the pods and their kinds', () => {
    const manifests = readManifests(root);
    assert.deepEqual(
      servicesOf(manifests, 'grpc-server').find((service) => service.kind === 'headless')?.host,
      'grpc-server-headless.grpc-server.svc.cluster.local',
    );
    assert.deepEqual(
      servicesOf(manifests, 'envoy')
        .map((service) => service.kind)
        .sort(),
      ['cluster-ip', 'headless'],
    );
  });

  it('reads a changed copy', () => {
    edit('grpc_server_k8s/deployment.yaml', /DRAIN_DELAY_MS([\s\S]*?)value: "10000"/, 'DRAIN_DELAY_MS$1value: "250"');
    assert.equal(readManifests(root).server.env.DRAIN_DELAY_MS, '250');
  });

  it('ignores files in subfolders, as kubectl does', () => {
    assert.equal(readManifests(root).client.env.LB_POLICY, 'round_robin');
    edit('grpc_client_k8s/linkerd/configmap.yaml', 'LB_POLICY: pick_first', 'LB_POLICY: nonsense');
    assert.equal(readManifests(root).client.env.LB_POLICY, 'round_robin');
  });

  it('reads numbers, booleans and unset fields as the API server does', () => {
    edit('grpc_server_k8s/deployment.yaml', /minReadySeconds: \d+/, 'minReadySeconds: 010');
    edit('grpc_server_k8s/deployment.yaml', /terminationGracePeriodSeconds: \d+/, 'terminationGracePeriodSeconds: ~');
    edit('grpc_server_k8s/deployment.yaml', /value: "10000"/, 'value: !!str 10_000');
    edit('grpc_client_k8s/configmap.yaml', 'GREETING_NAME: Kubernetes', 'GREETING_NAME:');
    edit('grpc_client_k8s/configmap.yaml', 'LOG_LEVEL: info', 'LOG_LEVEL: warn\n  LOG_LEVEL: debug');
    const { server, client } = readManifests(root);
    assert.deepEqual([server.minReadyMs, server.terminationGraceMs], [8000, 30_000]);
    assert.equal(server.env.DRAIN_DELAY_MS, '10_000');
    assert.deepEqual([client.env.GREETING_NAME, client.env.LOG_LEVEL], ['', 'debug']);
  });

  it('reads every file that kubectl would apply', () => {
    const [from, to] = ['configmap.yaml', 'configmap.yml'].map((name) => path.join(root, 'grpc_client_k8s', name));
    renameSync(from ?? '', to ?? '');
    assert.equal(readManifests(root).client.env.LB_POLICY, 'round_robin');
  });

  it('does not change the text inside a ConfigMap', () => {
    edit('envoy_proxy_k8s/configmap.yaml', 'lb_policy: ROUND_ROBIN', 'lb_policy: ROUND_ROBIN # 010 yes ~');
    assert.match(readManifests(root).envoy.mounts['/etc/envoy']?.['envoy.yaml'] ?? '', /ROUND_ROBIN # 010 yes ~\n/);
  });

  it('names all that the API server would refuse, at once', () => {
    edit('grpc_server_k8s/deployment.yaml', 'value: "50051"', 'value: 50051');
    edit('grpc_server_k8s/deployment.yaml', /value: "10000"/, 'value: yes');
    edit('grpc_server_k8s/deployment.yaml', /minReadySeconds: \d+/, 'minReadySeconds: "5"');
    edit('grpc_server_k8s/deployment.yaml', /terminationGracePeriodSeconds: \d+/, 'terminationGracePeriodSeconds: 1.5');
    edit('envoy_proxy_k8s/deployment.yaml', /envoyproxy\/envoy:v[\d.]+/, 'envoyproxy/envoy:latest');
    edit('envoy_proxy_k8s/service.yaml', 'kind: Service', 'kind: Service: broken');
    edit('grpc_client_k8s/configmap.yaml', 'GRPC_SERVER_PORT: "8443"', 'GRPC_SERVER_PORT: 8443');
    assert.throws(
      () => readManifests(root),
      (thrown: unknown) => {
        assert.ok(thrown instanceof ManifestError);
        const problems = [...thrown.problems].map((problem) => problem.replaceAll(/\d\]\.value/g, 'n].value')).sort();
        const container = 'grpc_server_k8s/deployment.yaml: spec.template.spec.containers[0]';
        assert.deepEqual(
          problems.filter((problem) => !problem.startsWith('envoy_proxy_k8s/service.yaml: ')),
          [
            'envoy_proxy_k8s: image: expected a tag such as v1.40.2, got "envoyproxy/envoy:latest"',
            'grpc_client_k8s/configmap.yaml: data.GRPC_SERVER_PORT: expected text, in quotes, got 8443',
            'grpc_server_k8s/deployment.yaml: spec.minReadySeconds: expected a whole number of 32 bits, without quotes, got "5"',
            `${container}.env[n].value: expected text, in quotes, got 50051`,
            `${container}.env[n].value: expected text, in quotes, got true`,
            'grpc_server_k8s/deployment.yaml: spec.template.spec.terminationGracePeriodSeconds: expected a whole number of 32 bits, without quotes, got 1.5',
          ],
        );
        assert.equal(problems.length, 7);
        return true;
      },
    );
  });

  for (const [what, file, from, to, message] of [
    [
      'a Deployment of another name',
      'grpc_server_k8s/deployment.yaml',
      'name: grpc-server\n  namespace',
      'name: greeter\n  namespace',
      /expected one Deployment named grpc-server, got 0/,
    ],
    [
      'an image without a version',
      'envoy_proxy_k8s/deployment.yaml',
      /envoyproxy\/envoy:v[\d.]+/,
      'envoyproxy/envoy:latest',
      /envoy_proxy_k8s: image: expected a tag such as v1\.40\.2, got "envoyproxy\/envoy:latest"/,
    ],
    [
      'a ConfigMap that is not there',
      'grpc_client_k8s/deployment.yaml',
      'name: grpc-client-config',
      'name: other',
      /configMapRef\.name: expected the name of a ConfigMap in these folders, got "other"/,
    ],
    [
      'a misspelt field of a variable',
      'grpc_server_k8s/deployment.yaml',
      'value: "50051"',
      'val: "50051"',
      /deployment\.yaml: spec\.template\.spec\.containers\[0\]\.env\[\d\]\.val: expected no such field: one of name, value, valueFrom, got "50051"/,
    ],
    [
      'a probe at a port without that name',
      'envoy_proxy_k8s/deployment.yaml',
      /readinessProbe([\s\S]*?)port: http-metrics/,
      'readinessProbe$1port: metrics',
      /readinessProbe\.httpGet\.port: expected the name of a port of this container, got "metrics"/,
    ],
    [
      'broken YAML',
      'grpc_server_k8s/deployment.yaml',
      'spec:',
      'spec: [',
      /^ManifestError: grpc_server_k8s\/deployment\.yaml: /,
    ],
  ] as const) {
    it(`names the file and the place of ${what}`, () => {
      edit(file, from, to);
      assert.throws(() => readManifests(root), message);
    });
  }
});

describe('manifestsRoot()', () => {
  it('is the project, or MANIFESTS_ROOT', () => {
    assert.equal(manifestsRoot({}, '/project'), '/project');
    assert.equal(manifestsRoot({ MANIFESTS_ROOT: '' }, '/project'), '/project');
    assert.equal(manifestsRoot({ MANIFESTS_ROOT: '/copy' }, '/project'), '/copy');
  });
});
