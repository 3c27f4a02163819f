// `--status` tells what Envoy does not say by itself: no address, no healthy server, no health check that ever passed.
// What real Envoys show in these situations is in tests/local/silent-failures.test.ts.
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type EnvoyView, envoyStatistics } from '../support/envoy-statistics';
import { StubCluster, writes } from './support/stub-cluster';

const NAME = 'grpc-server-headless.grpc-server.svc.cluster.local';

function cluster(t: TestContext, views: readonly (EnvoyView | undefined)[]): StubCluster {
  const stub = new StubCluster(t);
  const names = views.map((_, index) => `envoy-${index + 1}`);
  stub.rule({ call: 'kubectl @ -n envoy get pods -l app.kubernetes.io/name=envoy *', stdout: `${names.join('\n')}\n` });
  for (const [index, view] of views.entries()) {
    const call = `kubectl @ get --raw /api/v1/namespaces/envoy/pods/${names[index]}:9902/proxy/stats/prometheus`;
    stub.rule(view === undefined ? { call, code: 1 } : { call, stdout: envoyStatistics(view) });
  }
  return stub.rule({
    call: '*get configmap envoy-config*',
    stdout: `    address: { socket_address: { address: 127.0.0.1 } }\n            address: ${NAME}\n`,
  });
}

async function viewIn(stub: StubCluster): Promise<readonly string[]> {
  const run = await stub.run(['--status']);
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(writes(run.calls), []);
  const lines = run.stdout.split('\n');
  const from = lines.indexOf('servers as each Envoy sees them');
  assert.ok(from >= 0, run.stdout);
  return lines.slice(from + 1, lines.indexOf('', from)).map((line) => line.trim().replace(/ {2,}/, ' '));
}

for (const [view, sentence] of [
  [{ total: 3, healthy: 3 }, '3 of 3 servers healthy'],
  [{ total: 3, healthy: 2 }, '2 of 3 servers healthy; the others start, leave, or fail their health checks'],
  [{ total: 3, healthy: 0 }, '0 of 3 servers healthy, calls go to all of them (panic)'],
  [
    { total: 3, healthy: 0, passed: 0 },
    '0 of 3 servers healthy, calls go to all of them (panic); no health check ever passed: a wrong port, or no grpc.health.v1?',
  ],
  [{ total: 3, healthy: 0, excluded: 3, passed: 0 }, '0 of 3 servers checked so far'],
  [undefined, 'shows no statistics through the API server (it is starting, or a NetworkPolicy blocks them)'],
] as const) {
  test(`deploy-all.sh --status says: ${sentence}`, async (t) => {
    assert.deepEqual(await viewIn(cluster(t, [view])), [`envoy-1 ${sentence}`]);
  });
}

test('deploy-all.sh --status asks every Envoy', async (t) => {
  assert.deepEqual(
    await viewIn(
      cluster(t, [
        { total: 3, healthy: 3 },
        { total: 2, healthy: 2 },
      ]),
    ),
    ['envoy-1 3 of 3 servers healthy', 'envoy-2 2 of 2 servers healthy'],
  );
});

test('deploy-all.sh --status says so when no Envoy runs', async (t) => {
  assert.deepEqual(await viewIn(new StubCluster(t)), ['no Envoy runs']);
});

const NOTHING = 'no addresses behind the name of the servers: every call fails';
const SERVICE = '*-n grpc-server get service grpc-server-headless *';
const SLICES = '*-n grpc-server get endpointslices -l kubernetes.io/service-name=grpc-server-headless *';

for (const [what, prepare, explanation] of [
  [
    'the name has a typo',
    (stub: StubCluster) => stub,
    `DNS has no ${NAME}: there is no Service grpc-server-headless in namespace grpc-server (a typo in envoy_proxy_k8s/configmap.yaml?)`,
  ],
  [
    'no pod is behind the name',
    (stub: StubCluster) => stub.rule({ call: SERVICE, stdout: 'service/grpc-server-headless' }),
    `DNS has no ${NAME}: no pod is behind Service grpc-server-headless`,
  ],
  [
    'DNS does not know what the API server knows',
    (stub: StubCluster) =>
      stub
        .rule({ call: SERVICE, stdout: 'service/grpc-server-headless' })
        .rule({ call: SLICES, stdout: '10.0.0.1 10.0.0.2' }),
    `DNS does not name the 2 pods behind ${NAME}: ask it from a pod, and look at CoreDNS`,
  ],
] as const) {
  test(`deploy-all.sh --status says why there is no address: ${what}`, async (t) => {
    const view = await viewIn(
      prepare(
        cluster(t, [
          { total: 0, healthy: 0 },
          { total: 0, healthy: 0 },
        ]),
      ),
    );
    assert.deepEqual(view, [`envoy-1 ${NOTHING}`, `envoy-2 ${NOTHING}`, explanation]);
  });
}
