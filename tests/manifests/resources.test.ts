// What the system asks of a node: all of it, with every HPA at its most, must fit a default minikube beside the parts of
// Kubernetes themselves. The metrics-server is none of them: the HPAs read the adapter, and it would not fit as well.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { all, containerOf } from '../support/read-manifests';

/** `minikube start` gives a node of two CPUs and a quarter of the machine's memory, at least 3072 MiB. */
const NODE = { cpu: 2, memory: 3072 * 2 ** 20 };
/** What minikube's own pods ask for: control plane and CoreDNS (750m, 170 MiB), and its network, kindnet (100m, 50 MiB). */
const CONTROL_PLANE = { cpu: 0.85, memory: 220 * 2 ** 20 };
/** minikube's add-on, which is off by default. */
const METRICS_SERVER = { cpu: 0.1 };
const ON_THE_PATH_OF_CALLS = ['grpc-server', 'envoy', 'grpc-client'];

describe('requests', () => {
  for (const deployment of all('Deployment')) {
    const { name } = deployment.metadata;
    const { requests, limits } = containerOf(deployment).resources;

    it(`${name} requests CPU and memory, and has a memory limit with room for load`, () => {
      assert.ok(quantity(requests.cpu) > 0);
      assert.ok(quantity(requests.memory) >= 64 * 2 ** 20, 'what it takes when idle');
      assert.ok(quantity(limits.memory) >= 2 * quantity(requests.memory), 'room for load');
    });

    it(`${name} ${ON_THE_PATH_OF_CALLS.includes(name) ? 'is never throttled' : 'may not starve the calls'}`, () => {
      if (ON_THE_PATH_OF_CALLS.includes(name)) assert.equal(limits.cpu, undefined);
      else assert.ok(quantity(limits.cpu) <= 1);
    });
  }

  it('at full scale fit a default minikube with its control plane and network', () => {
    const sum = total();
    assert.ok(sum.cpu + CONTROL_PLANE.cpu <= NODE.cpu, `${sum.cpu} CPU`);
    assert.ok(sum.memory + CONTROL_PLANE.memory <= NODE.memory, `${sum.memory / 2 ** 20} MiB`);
  });

  it('leave room for the pod that a roll adds', () => {
    const largest = Math.max(...all('Deployment').map((each) => quantity(containerOf(each).resources.requests.cpu)));
    const sum = total().cpu + largest + CONTROL_PLANE.cpu;
    assert.ok(sum <= NODE.cpu, `${sum} CPU`);
    assert.ok(sum + METRICS_SERVER.cpu > NODE.cpu, 'now the metrics-server fits too: write so here and in the README');
  });
});

function total(): { readonly cpu: number; readonly memory: number } {
  const sum = { cpu: 0, memory: 0 };
  for (const deployment of all('Deployment')) {
    const { name, namespace } = deployment.metadata;
    const scaler = all('HorizontalPodAutoscaler').find(
      ({ metadata, spec }) => metadata.namespace === namespace && spec.scaleTargetRef.name === name,
    );
    const pods = scaler?.spec.maxReplicas ?? deployment.spec.replicas ?? 1;
    const { requests } = containerOf(deployment).resources;
    sum.cpu += pods * quantity(requests.cpu);
    sum.memory += pods * quantity(requests.memory);
  }
  return sum;
}

/** `50m`, `1`, `64Mi` as a number; absent is 0. */
function quantity(text: string | undefined): number {
  if (text === undefined) return 0;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(m|Mi|Gi)?$/.exec(text) ?? [];
  const factor = { '': 1, m: 0.001, Mi: 2 ** 20, Gi: 2 ** 30 }[unit];
  if (number === undefined || factor === undefined)
    throw new Error(`expected a quantity such as 50m or 64Mi, got ${text}`);
  return Number(number) * factor;
}
