// Two owners of one API of metrics: the cluster has one, and a file brings the other.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { playLive, shop } from './played-cluster';

const api = (service: string) => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.external.metrics.k8s.io' },
  spec: { group: 'external.metrics.k8s.io', version: 'v1beta1', service: { name: service, namespace: 'metrics' } },
});

for (const [brought, outcome] of [
  ['keda-operator-metrics-apiserver', 'found'],
  ['prometheus-adapter', 'passed'],
] as const) {
  it(`GLB036: ${brought} beside prometheus-adapter is ${outcome}`, async () => {
    const objects = [...shop(), api('prometheus-adapter')];
    const { out } = await playLive(['--json', '-'], { objects, files: JSON.stringify(api(brought)) });
    const { rules } = JSON.parse(out) as { rules: { code: string; outcome: string }[] };
    assert.equal(rules.find(({ code }) => code === 'GLB036')?.outcome, outcome);
  });
}
