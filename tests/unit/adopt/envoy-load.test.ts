// How many calls adopt's Envoys are for, which the services of a folder share.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { adoptAll, dashboardsOf, GO_ORDERS, objectOf, PYTHON_IMAGES } from '../../support/adopted';
import type { Deployment, HorizontalPodAutoscaler } from '../../support/kubernetes-objects';

it('adopt gives the Envoys one target and the CPU for it: what was said, the largest, or else what an Envoy is for', async () => {
  const said = (calls: string) => ['--calls-per-envoy', calls];
  for (const [first, second, target, cpu] of [
    [[], [], '500', '60m'],
    [said('2000'), [], '2000', '240m'],
    [said('100'), said('0.5'), '100', '30m'],
    [['--calls-per-pod', '700'], [], '700', '84m'],
  ] as const) {
    const both = await adoptAll([
      [...GO_ORDERS, ...first],
      [...PYTHON_IMAGES, ...second],
    ]);
    const [metric] = objectOf<HorizontalPodAutoscaler>(both, 'envoy_proxy_k8s/hpa.yaml').spec.metrics;
    const [envoy] = objectOf<Deployment>(both, 'envoy_proxy_k8s/deployment.yaml').spec.template.spec.containers;
    assert.deepEqual([metric?.pods.target.averageValue, envoy?.resources.requests.cpu], [target, cpu]);
    const shown = dashboardsOf(both).flatMap(({ templating }) =>
      templating.list.filter(({ name }) => name === 'envoy_target').map(({ current }) => current?.value),
    );
    assert.deepEqual(new Set(shown), new Set([target]));
  }
});
