// What Envoy says nothing about, in the real one: it is ready and its log is empty while no health check ever passes, and
// while DNS knows no server. The numbers that the dashboards show tell it, and so does `deploy-all.sh --status` from them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { type EnvoyChange, greeterCluster } from '../../local/envoy/envoy-config';
import { samplesOf } from '../../prometheus-text/samples';
import type { GreeterHandlers } from '../../proto/generated/greeter/v1/Greeter';
import { Greeter } from '../../proto/load';
import { waitFor } from '../support/condition';
import { readDashboards } from '../support/dashboards';
import { httpRequest, lookForEnvoy, type OneEnvoy, startOneEnvoy, statistics } from './support/one-envoy';

const NETWORK = '127.77.47';
const SOON_MS = 30_000;
const VIEW = path.join(__dirname, '../../scripts/deploy/envoy-view.sh');

const GREETER: GreeterHandlers = {
  SayHello: ({ request }, callback) => callback(null, { message: `Hello, ${request.name}!`, pod: 'grpc-server-1' }),
  Chat: (stream) => stream.end(),
};

const TYPO: EnvoyChange = {
  description: 'the name of the servers has a typo',
  apply: (config) => {
    const endpoint = [...greeterCluster(config), 'load_assignment', 'endpoints', 0, 'lb_endpoints', 0, 'endpoint'];
    const at = [...endpoint, 'address', 'socket_address', 'address'];
    config.set(at, String(config.get(at)).replace('headless', 'headles'));
  },
};

describe('what Envoy does not say', async () => {
  const found = await lookForEnvoy();
  const skip = 'reason' in found ? found.reason : false;

  /** Runs `body` with an Envoy that is ready, and ends it. */
  async function withEnvoy(body: (envoy: OneEnvoy) => Promise<void>, changes: readonly EnvoyChange[] = []) {
    if ('reason' in found) return assert.fail(found.reason);
    const envoy = await startOneEnvoy(found.envoy, NETWORK, {}, changes);
    try {
      await body(envoy);
      assert.equal((await httpRequest(envoy.host, '/ready')).status, 200, 'readiness does not show it');
    } finally {
      await envoy.close();
    }
  }

  it('a server without grpc.health.v1 never passes, and gets calls in panic mode', { skip }, () =>
    withEnvoy(async (envoy) => {
      await envoy.addPodWithoutHealth(GREETER);
      await waitFor(
        'Envoy has checked it',
        SOON_MS,
        async () => (await value(envoy, 'health_check_failure')) > 0 || undefined,
      );
      assert.equal(await codeOfCall(envoy), status.OK);
      const seen = await values(
        envoy,
        'membership_total',
        'membership_healthy',
        'membership_excluded',
        'health_check_success',
      );
      assert.deepEqual(seen, [1, 0, 0, 0]);
      assert.ok((await value(envoy, 'lb_healthy_panic')) > 0);
      assert.match(
        await sentence(envoy),
        /^0 of 1 servers healthy, .*\(panic\); no health check ever passed: .*grpc\.health\.v1/,
      );
    }),
  );

  it('the look-up of a name with a typo counts as a success, and gives no server', { skip }, () =>
    withEnvoy(
      async (envoy) => {
        await assertNoServer(envoy);
      },
      [TYPO],
    ),
  );

  it('the look-up of a removed name counts as a success, and removes every server', { skip }, () =>
    withEnvoy(async (envoy) => {
      await envoy.addPod(GREETER);
      assert.equal(await codeOfCall(envoy), status.OK);
      assert.equal(await sentence(envoy), '1 of 1 servers healthy');
      envoy.emptyDns();
      await waitFor(
        'Envoy has heard of it',
        SOON_MS,
        async () => (await value(envoy, 'membership_total')) === 0 || undefined,
      );
      await assertNoServer(envoy);
    }),
  );

  it('pods that all say NOT_SERVING get calls in panic mode, after checks that passed', { skip }, () =>
    withEnvoy(async (envoy) => {
      const pod = await envoy.addPod(GREETER);
      pod.setServing(false);
      await waitFor(
        'Envoy has heard of it',
        SOON_MS,
        async () => (await value(envoy, 'membership_healthy')) === 0 || undefined,
      );
      assert.equal(await codeOfCall(envoy), status.OK);
      assert.ok((await value(envoy, 'lb_healthy_panic')) > 0);
      assert.equal(await sentence(envoy), '0 of 1 servers healthy, calls go to all of them (panic)');
    }),
  );

  it('is shown by panels of the dashboard "Envoy global"', () => {
    const queries = (title: string) => {
      const panels = readDashboards().flatMap((dashboard) =>
        dashboard.uid === 'envoy-global' ? dashboard.panels : [],
      );
      const panel = panels.find((each) => each.title === title) ?? assert.fail(`no panel ${title}`);
      return panel.targets.map(({ expr }) => expr).join('\n');
    };
    assert.match(queries('Server pods that each Envoy knows'), /membership_total.*\n.*membership_healthy/);
    assert.match(queries('Envoys without a server'), /envoy_cluster_membership_total\{.*\} == bool 0/);
    assert.match(
      queries('Envoys that call sick servers'),
      /membership_total\{.*\} > bool 0.*membership_healthy\{.*\} == bool 0/,
    );
    assert.match(queries('Health checks that pass'), /rate\(envoy_cluster_health_check_success/);
    assert.match(queries('Panic'), /rate\(envoy_cluster_lb_healthy_panic/);
  });
});

async function assertNoServer(envoy: OneEnvoy): Promise<void> {
  const before = await value(envoy, 'update_success');
  await waitFor('another look-up', SOON_MS, async () => (await value(envoy, 'update_success')) > before || undefined);
  assert.deepEqual(await values(envoy, 'membership_total', 'membership_healthy', 'update_failure'), [0, 0, 0]);
  assert.equal(await codeOfCall(envoy), status.UNAVAILABLE);
  assert.equal(await sentence(envoy), 'no addresses behind the name of the servers: every call fails');
}

async function value(envoy: OneEnvoy, statistic: string): Promise<number> {
  const samples = samplesOf(await statistics(envoy.host), `envoy_cluster_${statistic}`);
  const sample = samples.find(({ labels }) => labels.envoy_cluster_name === 'greeter');
  return sample?.value ?? assert.fail(`Envoy shows no ${statistic}`);
}

async function values(envoy: OneEnvoy, ...names: readonly string[]): Promise<readonly number[]> {
  return Promise.all(names.map((name) => value(envoy, name)));
}

function codeOfCall({ target }: OneEnvoy): Promise<status> {
  const client = new Greeter(target, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
  return new Promise((resolve) => {
    client.SayHello({ name: 'Ada' }, { deadline: Date.now() + 10_000 }, (error: ServiceError | null) => {
      client.close();
      resolve(error?.code ?? status.OK);
    });
  });
}

/** What `deploy-all.sh --status` makes of the Envoy's statistics. */
async function sentence({ host }: OneEnvoy): Promise<string> {
  const script = `source "$0"; describe_servers`;
  const {
    stdout,
    stderr,
    status: code,
  } = spawnSync('bash', ['-Eeuo', 'pipefail', '-c', script, VIEW], {
    input: await statistics(host),
    encoding: 'utf8',
  });
  assert.equal(code, 0, stderr);
  return stdout;
}
