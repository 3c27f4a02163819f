// The chain from calls to pods: load → /metrics → Prometheus → adapter → HPA → Deployment → DNS → Envoy, and back.
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseQuantity } from '../../manifest-reader/autoscaler';
import { CUSTOM_METRICS, diagnostics, replicas, repliesPerPod } from '../support/cluster-state';
import { waitFor } from '../support/condition';
import { deploy, findKubernetes, type Kubernetes, kubectl, ROOT } from '../support/kubernetes';
import type { HorizontalPodAutoscaler } from '../support/kubernetes-objects';
import { envoyLoadAutoscaler } from '../support/read-manifests';

const TARGET = 0.3; // calls/s per pod: averageValue 300m in grpc_server_k8s/hpa.yaml
const LOAD = 1.4; // calls/s, well inside the range that asks for five pods: (1.2, 1.5]
const PODS = Math.ceil(LOAD / TARGET);
const MORE_LOAD = 1.7; // calls/s, in the middle of the range that asks for six: (1.5, 1.8]
const MORE_PODS = Math.ceil(MORE_LOAD / TARGET);
const SHIPPED = 'grpc_server_k8s/hpa.yaml';
const BY_ENVOY = 'grpc_server_k8s/envoy-load/hpa.yaml';

describe('autoscaling', async () => {
  const found = await findKubernetes();
  const skip = found.ok ? false : found.reason;
  const kubernetes = (found.ok ? found.kubernetes : undefined) as Kubernetes;

  describe('on a cluster', { skip }, () => {
    before(() => deploy(kubernetes));
    after(async () => {
      await setRate(kubernetes, undefined);
      await kubectl(kubernetes, 'apply', '--filename', path.join(ROOT, SHIPPED));
    });

    it(`goes from 3 to ${PODS} servers at ${LOAD} calls/s`, async () => {
      await waitFor('three servers to begin with', 240_000, async () => {
        const { desired, ready } = await replicas(kubernetes, 'grpc-server', 'grpc-server');
        return desired === 3 && ready === 3 ? true : undefined;
      });
      await setRate(kubernetes, LOAD);
      await reach(kubernetes, PODS, 180_000);
    });

    it('gives the new pods their share', async () => {
      // 30 s are about 42 replies over five pods: one that is left out, or has a double share, is far outside. The window
      // slides until it holds nothing from before the new pods came.
      await waitFor('an even share for every pod', 90_000, async () => {
        const counts = [...(await repliesPerPod(kubernetes, 30)).values()];
        const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
        if (counts.length === PODS && Math.max(...counts) <= 1.5 * mean) return true;
        throw new Error(`replies per pod in the last 30 s: ${counts}`);
      });
    });

    it('keeps what the HPA chose when deploy-all.sh runs again', async () => {
      const run = await deploy(kubernetes);
      assert.match(run, /^0 objects changed/m);
      assert.equal((await replicas(kubernetes, 'grpc-server', 'grpc-server')).desired, PODS);
    });

    it(`goes from ${PODS} to ${MORE_PODS} servers by what Envoy counts, with nothing asked of the servers`, async () => {
      await kubectl(kubernetes, 'apply', '--filename', path.join(ROOT, BY_ENVOY));
      await setRate(kubernetes, MORE_LOAD);
      await reach(kubernetes, MORE_PODS, 180_000);
      // Health checks would add 2 calls/s per pod and Envoy.
      await waitFor(`${MORE_LOAD} calls/s for the Service`, 60_000, async () => {
        const sum = await serviceMetric(kubernetes);
        if (Math.abs(sum - MORE_LOAD) < 0.15 * MORE_LOAD) return true;
        throw new Error(`${sum} calls/s`);
      });
    });

    it('goes back to 3 when the load stops, by the same count', async () => {
      await setRate(kubernetes, undefined);
      await reach(kubernetes, 3, 450_000);
    });

    it('follows the servers again when the folder is applied again', async () => {
      await kubectl(kubernetes, 'apply', '--filename', path.join(ROOT, SHIPPED));
      const active = async () => {
        const { spec, status } = await readAutoscaler(kubernetes);
        return spec.metrics[0]?.type === 'Pods' && status?.currentMetrics?.[0]?.pods !== undefined ? true : undefined;
      };
      await waitFor('the metric of the pods', 60_000, active);
    });
  });
});

interface Autoscaler {
  readonly spec: HorizontalPodAutoscaler['spec'];
  readonly status?: { readonly currentMetrics?: readonly { readonly pods?: object }[] };
}

async function readAutoscaler(kubernetes: Kubernetes): Promise<Autoscaler> {
  return JSON.parse(await kubectl(kubernetes, '-n', 'grpc-server', 'get', 'hpa', 'grpc-server', '-o', 'json'));
}

/** What the adapter answers for the HPA's Service, calls/s. */
async function serviceMetric(kubernetes: Kubernetes): Promise<number> {
  const { object } = envoyLoadAutoscaler().spec.metrics[0] ?? assert.fail('an HPA without a metric');
  const name = `services/${object?.describedObject.name}/${object?.metric.name}`;
  const answer = await kubectl(kubernetes, 'get', '--raw', `${CUSTOM_METRICS}/namespaces/grpc-server/${name}`);
  const { items } = JSON.parse(answer) as { readonly items: readonly { readonly value: string }[] };
  return items.reduce((sum, { value }) => sum + parseQuantity(value), 0);
}

/** The client's RATE; undefined goes back to a call every 5 s. */
async function setRate(kubernetes: Kubernetes, rate: number | undefined): Promise<void> {
  const setting = rate === undefined ? 'RATE-' : `RATE=${rate}`;
  await kubectl(kubernetes, '-n', 'grpc-client', 'set', 'env', 'deployment/grpc-client', setting);
  await kubectl(kubernetes, '-n', 'grpc-client', 'rollout', 'status', 'deployment/grpc-client', '--timeout=90s');
}

/** Waits for `pods` ready servers; on the way there may never be more than the load asks for. */
async function reach(kubernetes: Kubernetes, pods: number, deadlineMs: number): Promise<void> {
  const { desired: before } = await replicas(kubernetes, 'grpc-server', 'grpc-server');
  const seen = new Set<number>();
  await waitFor(`${pods} servers`, deadlineMs, async () => {
    const { desired, ready } = await replicas(kubernetes, 'grpc-server', 'grpc-server');
    seen.add(desired);
    return desired === pods && ready === pods ? true : undefined;
  }).catch(async (thrown: Error) => {
    throw new Error(`${thrown.message}\n${await diagnostics(kubernetes)}`, { cause: thrown });
  });
  assert.ok(Math.max(...seen) <= Math.max(pods, before), `more servers than load divided by target: ${[...seen]}`);
}
