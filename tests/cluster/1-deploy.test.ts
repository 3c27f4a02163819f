// deploy-all.sh on a real Kubernetes: the first run brings up every box of the picture, the second changes nothing.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  CUSTOM_METRICS,
  diagnostics,
  NAMESPACES,
  objects,
  podIdentities,
  promQuery,
  repliesPerPod,
} from '../support/cluster-state';
import { waitFor } from '../support/condition';
import { deploy, deployAll, findKubernetes, type Kubernetes, kubectl } from '../support/kubernetes';
import { panelsWithoutData } from './panels';

describe('deploy-all.sh', async () => {
  const found = await findKubernetes();
  const skip = found.ok ? false : found.reason;
  const kubernetes = (found.ok ? found.kubernetes : undefined) as Kubernetes;

  describe('on a cluster', { skip }, () => {
    let firstRun = '';

    before(async () => {
      firstRun = await deploy(kubernetes).catch(async (thrown: Error) => {
        throw new Error(`${thrown.message}\n${await diagnostics(kubernetes)}`);
      });
    });

    it('ends with a verdict and the lines to type next', () => {
      assert.match(
        firstRun,
        /custom metrics +grpc_requests_per_second of \d+ pods, envoy_cluster_upstream_per_second of \d+ pods/,
      );
      assert.match(firstRun, /kubectl .*logs deployment\/grpc-client/);
    });

    it('leads to replies from at least three pods in the client’s log', async () => {
      const pods = await waitFor('replies from three pods', 90_000, async () => {
        const replies = await repliesPerPod(kubernetes, 60);
        return replies.size >= 3 ? [...replies.keys()] : undefined;
      });
      assert.ok(pods.every((pod) => pod.startsWith('grpc-server-')));
    });

    it('lists both metrics in the custom metrics API', async () => {
      const list = JSON.parse(await kubectl(kubernetes, 'get', '--raw', CUSTOM_METRICS)) as {
        resources: { name: string }[];
      };
      const names = list.resources.map(({ name }) => name);
      for (const name of ['pods/grpc_requests_per_second', 'pods/envoy_cluster_upstream_per_second']) {
        assert.ok(names.includes(name), `${name} is not among ${names.join()}`);
      }
    });

    it('gives both HPAs a number to read', async () => {
      for (const namespace of ['grpc-server', 'envoy']) {
        const value = await waitFor(`the HPA of ${namespace} reads its metric`, 60_000, async () => {
          const [hpa] = await objects(kubernetes, 'hpa', '-n', namespace);
          type Current = { pods?: { current: { averageValue?: string } } };
          return (hpa?.status?.currentMetrics as Current[] | undefined)?.[0]?.pods?.current.averageValue;
        });
        assert.match(value, /^\d+m?$/);
      }
    });

    it('--status shows the servers as each Envoy sees them', async () => {
      const lines = await waitFor('Envoys that see all servers', 60_000, async () => {
        const seen = (await deployAll(kubernetes, '--status')).match(/^ {2}envoy-\S+ +(\d+) of \1 servers healthy$/gm);
        return seen !== null && seen.length >= 2 ? seen : undefined;
      });
      assert.ok(lines.every((line) => !line.includes(' 0 of ')));
    });

    it('lets Prometheus scrape every server, Envoy and client', async () => {
      await waitFor('every target is up', 60_000, async () => {
        for (const namespace of ['grpc-server', 'envoy', 'grpc-client']) {
          const up = await promQuery(kubernetes, `up{namespace="${namespace}"} == 1`);
          const pods = await objects(kubernetes, 'pods', '-n', namespace);
          if (up.length !== pods.length) return undefined;
        }
        return true;
      });
      assert.deepEqual(await promQuery(kubernetes, 'up == 0'), []);
    });

    it('gives every panel of every dashboard data', async () => {
      const empty = await waitFor(
        'panels have data',
        120_000,
        async () => {
          const panels = await panelsWithoutData((query) => promQuery(kubernetes, query));
          return panels.length === 0 ? panels : undefined;
        },
        5000,
      ).catch(async () => panelsWithoutData((query) => promQuery(kubernetes, query)));
      assert.deepEqual(empty, []);
    });

    it('refuses pods that are not restricted, except where a mesh needs them', async () => {
      const hasMesh = !/^ *mesh +none$/m.test(firstRun);
      const spec = '--overrides={"spec":{"hostPID":true}}';
      for (const namespace of hasMesh ? ['grafana', 'prometheus'] : NAMESPACES) {
        await assert.rejects(
          kubectl(kubernetes, '-n', namespace, 'run', 'too-much', '--image=none', '--dry-run=server', spec),
          /violates PodSecurity "restricted:latest": host namespaces \(hostPID=true\)/,
          namespace,
        );
      }
    });

    it('changes no object and restarts no pod when it runs again', async () => {
      const before = await podIdentities(kubernetes);
      const secondRun = await deploy(kubernetes);
      assert.match(secondRun, /^0 objects changed, \d+ unchanged$/m);
      assert.deepEqual(await podIdentities(kubernetes), before);
    });
  });
});
