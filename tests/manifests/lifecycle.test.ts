// How pods come, go and are replaced: probes, times of grace, what a roll may take away, and that an edited ConfigMap
// reaches the pods.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHECKSUM_ANNOTATION, configChecksum, configMapsOf } from '../../manifest-reader/config-checksum';
import { preStopSeconds } from '../support/envoy-config';
import type { Deployment, Probe } from '../support/kubernetes-objects';
import { all, containerOf, containerPort, envValue, one } from '../support/read-manifests';

const SCALED = ['grpc-server', 'envoy'];
const graceOf = (deployment: Deployment) => deployment.spec.template.spec.terminationGracePeriodSeconds;

describe('every Deployment', () => {
  for (const deployment of all('Deployment')) {
    const { name } = deployment.metadata;
    const container = containerOf(deployment);

    it(`${name} selects its pods by name alone, and its pods have the labels of the Deployment`, () => {
      assert.deepEqual(deployment.spec.selector.matchLabels, { 'app.kubernetes.io/name': name });
      assert.deepEqual(deployment.spec.template.metadata.labels, deployment.metadata.labels);
      assert.equal(deployment.metadata.labels?.['app.kubernetes.io/name'], name);
      assert.equal(container.name, name);
    });

    it(`${name} is probed on ports that it has: while starting, for readiness, for life`, () => {
      const { startupProbe, readinessProbe, livenessProbe } = container;
      for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
        const port = portOf(probe);
        const number = typeof port === 'number' ? port : containerPort(deployment, String(port));
        assert.ok(
          container.ports.some(({ containerPort: known }) => known === number),
          `port ${port}`,
        );
      }
      assert.ok(startupProbe.periodSeconds <= 2, 'a pod is ready soon after it can be');
      assert.ok(startupProbe.periodSeconds * startupProbe.failureThreshold >= 60, 'a slow node may take its time');
      const patience = livenessProbe.periodSeconds * livenessProbe.failureThreshold;
      assert.ok(patience > readinessProbe.periodSeconds * readinessProbe.failureThreshold, 'unready before dead');
    });

    it(`${name} has one pod more, never one less, while it rolls`, () => {
      assert.deepEqual(deployment.spec.strategy, {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
      });
    });

    it(`${name} leaves the number of its pods to its HPA, or sets one pod`, () => {
      assert.equal(deployment.spec.replicas, SCALED.includes(name) ? undefined : 1);
    });

    it(`${name} rolls when a ConfigMap that it reads changes`, () => {
      const names = configMapsOf(deployment.spec.template);
      const annotation = deployment.spec.template.metadata.annotations?.[CHECKSUM_ANNOTATION];
      if (names.length === 0) return assert.equal(annotation, undefined);
      const read = names.map((configMap) => one('ConfigMap', deployment.metadata.namespace, configMap));
      return assert.equal(annotation, configChecksum(read), 'run `npm run checksums`');
    });
  }
});

describe('configChecksum()', () => {
  const map = (name: string, data: Record<string, string>) => ({ metadata: { name }, data });

  it('changes with every name, key and value', () => {
    const base = configChecksum([map('a', { x: '1', y: '2' })]);
    const others = [map('b', { x: '1', y: '2' }), map('a', { z: '1', y: '2' }), map('a', { x: '1', y: '3' })];
    for (const other of others) assert.notEqual(configChecksum([other]), base);
  });

  it('does not change with the order', () => {
    const [a, b] = [map('a', { x: '1', y: '2' }), map('b', {})];
    assert.equal(configChecksum([a, b]), configChecksum([b, map('a', { y: '2', x: '1' })]));
  });
});

describe('pods that answer calls', () => {
  for (const name of SCALED) {
    it(`${name}: a new one serves before an old one goes, and they are spread over the nodes`, () => {
      const deployment = one('Deployment', name, name);
      assert.ok((deployment.spec.minReadySeconds ?? 0) >= 5);
      const [spread] = deployment.spec.template.spec.topologySpreadConstraints ?? [];
      assert.deepEqual(spread?.labelSelector.matchLabels, deployment.spec.selector.matchLabels);
    });

    it(`${name}: a node drain takes one at a time`, () => {
      const { spec } = one('PodDisruptionBudget', name, name);
      assert.equal(spec.maxUnavailable, 1);
      assert.deepEqual(spec.selector.matchLabels, one('Deployment', name, name).spec.selector.matchLabels);
    });

    it(`${name}: the HPA adds pods at once, and removes one per 30 s`, () => {
      const { scaleUp, scaleDown } = one('HorizontalPodAutoscaler', name, name).spec.behavior;
      assert.equal(scaleUp.stabilizationWindowSeconds, 0);
      assert.deepEqual(scaleDown.policies, [{ type: 'Pods', value: 1, periodSeconds: 30 }]);
      assert.ok(scaleDown.stabilizationWindowSeconds >= 60, 'longer than the window of the metric');
    });
  }

  it('grpc-server has time to finish: drain and grace end before the kubelet kills it', () => {
    const server = one('Deployment', 'grpc-server', 'grpc-server');
    const ownMs = Number(envValue(server, 'DRAIN_DELAY_MS')) + Number(envValue(server, 'GRACE_MS'));
    assert.ok(ownMs >= 15_000, 'long enough for DNS and health checks to tell');
    assert.ok(graceOf(server) * 1000 >= ownMs + 10_000, 'and 10 s for a slow node');
  });

  it('envoy has time to finish: its drain ends before the kubelet kills it', () => {
    const envoy = one('Deployment', 'envoy', 'envoy');
    assert.ok(graceOf(envoy) >= preStopSeconds('MOST') + 20, 'and 20 s for a slow node');
  });

  it('the mesh’s proxy of an Envoy outlives its drain, and is not killed for it', () => {
    const { annotations = {} } = one('Namespace', undefined, 'envoy').metadata;
    for (const setting of ['linkerd.io/shutdown-grace-period', 'alpha.linkerd.io/proxy-wait-before-exit-seconds']) {
      const seconds = Number.parseInt(annotations[`config.${setting}`] ?? '', 10);
      assert.ok(seconds > preStopSeconds('MOST'), `${setting}: ${seconds} s`);
      assert.ok(seconds < graceOf(one('Deployment', 'envoy', 'envoy')), `${setting}: ${seconds} s`);
    }
  });

  it('grpc-client has time to finish its calls in flight', () => {
    const { data } = one('ConfigMap', 'grpc-client', 'grpc-client-config');
    assert.ok(graceOf(one('Deployment', 'grpc-client', 'grpc-client')) * 1000 >= Number(data.DEADLINE_MS) + 5000);
  });
});

function portOf(probe: Probe): string | number | undefined {
  return probe.grpc?.port ?? probe.httpGet?.port ?? probe.tcpSocket?.port;
}
