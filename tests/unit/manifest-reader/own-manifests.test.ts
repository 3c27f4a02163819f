import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManifestError } from '../../../manifest-reader/fields';
import { type Manifests, type ReadOptions, readManifests, servicesOf } from '../../../manifest-reader/manifests';
import { type OwnManifests, withOwnManifests } from '../../support/own-manifests';
import { ROOT } from '../../support/read-manifests';

const OWN = { own: { server: true, client: true } } as const;

const read = (made: OwnManifests, options: ReadOptions = OWN): Promise<Manifests> =>
  withOwnManifests(made, (root) => readManifests(root, options));

async function problemsOf(made: OwnManifests, options?: ReadOptions): Promise<readonly string[]> {
  try {
    await read(made, options);
  } catch (thrown) {
    assert.ok(thrown instanceof ManifestError, String(thrown));
    return thrown.problems;
  }
  throw new Error('the manifests were read');
}

describe('readManifests() with programs of the reader’s own', () => {
  it('finds the boxes along the arrows, whatever their names', async () => {
    const manifests = await read({});
    const { server, envoy, client, serverCluster } = manifests;
    assert.deepEqual([server.deployment, envoy.deployment, client.deployment], ['orders-v7', 'edge', 'grpc-client']);
    const { name, host, port, listeners } = serverCluster;
    assert.deepEqual([name, host, port], ['orders', 'orders-pods.shop.svc.cluster.local', 9090]);
    assert.deepEqual(listeners, ['ingress_grpc']);
    assert.deepEqual(
      servicesOf(manifests, 'orders-v7').map(({ kind, publishesUnready }) => [kind, publishesUnready]),
      [['headless', true]],
    );
    assert.equal(servicesOf(manifests, 'edge').length, 2);
  });

  it('takes the container of the Deployment’s name, and leaves out what no process on loopback has', async () => {
    const { server } = await read({});
    assert.equal(server.image, 'registry.example/orders:7');
    assert.deepEqual(server.env, { CURRENCY: 'EUR' });
    assert.deepEqual(server.podFields, { WHERE: 'metadata.namespace' });
    assert.deepEqual([server.namespace, server.ports], ['shop', { '9090': 9090 }]);
    assert.deepEqual([server.readiness, server.preStop, server.terminationGraceMs], [undefined, ['sleep', '1'], 5000]);
    // The patch says 5 s.
    assert.equal(server.minReadyMs, 0);
  });

  it('does without the Deployment of the servers', async () => {
    const manifests = await read({ withoutDeployment: true });
    assert.deepEqual([manifests.server.deployment, manifests.server.ports], ['orders', { grpc: 9090 }]);
    assert.equal(servicesOf(manifests, 'orders').length, 1);
  });

  it('reads the project’s own the same with and without them', () => {
    assert.deepEqual(readManifests(ROOT, OWN), readManifests(ROOT));
  });

  it('says which Service Envoy’s cluster does not find', async () => {
    const problems = await problemsOf({ envoyEdits: [['address: orders-pods', 'address: order-pods']] });
    assert.deepEqual(problems, [
      'proxy/configmap.yaml: envoy.yaml: address of cluster orders: expected the name of a Service in these folders, got "order-pods.shop.svc.cluster.local"',
    ]);
  });

  it('wants to know which of several clusters, and takes --cluster', async () => {
    const second = '      - name: bills\n        type: STRICT_DNS\n        load_assignment:';
    const end = [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 'b.c', port_value: 1 } } } }] }];
    const envoyEdits = [
      [/ {6}- name: admin\n/, `${second} { endpoints: ${JSON.stringify(end)} }\n\n      - name: admin\n`],
    ] as const;
    const [problem, ...more] = await problemsOf({ envoyEdits });
    assert.match(
      problem ?? '',
      /: envoy\.yaml\.static_resources\.clusters: of the clusters that find .* got orders, bills$/,
    );
    assert.deepEqual(more, []);
    const { serverCluster } = await read({ envoyEdits }, { ...OWN, cluster: 'orders' });
    assert.deepEqual([serverCluster.name, serverCluster.port], ['orders', 9090]);
  });

  it('needs them all where the programs are this project’s', async () => {
    const problems = await problemsOf({}, {});
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^.*: expected /, '')),
      ['one Deployment named grpc-server, got 0', 'one Deployment named grpc-client, got 0'],
    );
  });

  it('names broken text in envoy.yaml, and a folder that is not there', async () => {
    const [problem] = await problemsOf({ envoyEdits: [['static_resources:', 'static_resources: [']] });
    assert.match(problem ?? '', /^proxy\/configmap\.yaml: envoy\.yaml: /);
    assert.throws(
      () => readManifests('/nowhere/at/all'),
      (thrown: unknown) => {
        assert.ok(thrown instanceof ManifestError);
        assert.deepEqual(thrown.problems, [
          '/nowhere/at/all: expected a folder of manifests, got nothing of that name',
        ]);
        return true;
      },
    );
  });
});
