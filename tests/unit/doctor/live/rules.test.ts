// Each rule about a running system, on a played cluster: what it finds, passes, and could not look at.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Right } from '../../../../doctor/live/access/access';
import { clustersText, found, named, shop } from './played-cluster';

describe('GLB080', () => {
  it('finds a server that one cannot tell from its siblings by readiness, and has no calls', async () => {
    const admin = (_: string, seconds: number) =>
      clustersText({ '10.0.0.1': 10 + 3 * seconds, '10.0.0.2': 3 * seconds, '10.0.0.3': 7 });
    const { outcome, findings } = await found('GLB080', { admin });
    assert.equal(outcome, 'found');
    assert.deepEqual(
      findings.map(({ says }) => says),
      ['cart-3 had 0 calls in 30 s, and cart-1 180, cart-2 180 (Jain 0.67)'],
    );
  });

  it('finds an Envoy that has no calls', async () => {
    const admin = (pod: string, seconds: number) => {
      const calls = pod === 'envoy-1' ? 9 * seconds : 0;
      return clustersText({ '10.0.0.1': calls, '10.0.0.2': calls, '10.0.0.3': calls });
    };
    const { findings } = await found('GLB080', { admin });
    assert.deepEqual(
      findings.map(({ says }) => says),
      ['envoy-2 had 0 calls in 30 s, and envoy-1 810 (Jain 0.50)'],
    );
  });

  it('could not look when few calls came', async () => {
    const admin = (pod: string, seconds: number) =>
      clustersText({ '10.0.0.1': pod === 'envoy-1' ? seconds / 10 : 0, '10.0.0.2': 0, '10.0.0.3': 0 });
    assert.equal((await found('GLB080', { admin })).outcome, 'blind');
  });

  it('finds an endpoint that no Envoy knows', async () => {
    const admin = (_: string, seconds: number) => clustersText({ '10.0.0.1': 9 * seconds, '10.0.0.2': 9 * seconds });
    const { findings } = await found('GLB080', { admin });
    assert.match(findings[0]?.says ?? '', /^cart-3 is ready for more than a minute, and no Envoy has its address$/);
  });

  it('excuses a server that is not ready, that came, or that fails health checks', async () => {
    const others = (seconds: number) => ({ '10.0.0.1': 9 * seconds, '10.0.0.2': 9 * seconds });
    const objects = shop();
    named(objects, 'EndpointSlice', 'cart-x').endpoints[2].conditions.ready = false;
    const idle = (_: string, seconds: number) => clustersText({ ...others(seconds), '10.0.0.3': 0 });
    assert.equal((await found('GLB080', { objects, admin: idle })).outcome, 'passed');
    const came = (_: string, seconds: number) =>
      clustersText(seconds === 0 ? others(seconds) : { ...others(seconds), '10.0.0.3': 0 });
    assert.equal((await found('GLB080', { admin: came })).outcome, 'passed');
    const failing = (_: string, seconds: number) =>
      clustersText({ ...others(seconds), '10.0.0.3': [0, '/failed_active_hc'] });
    assert.equal((await found('GLB080', { admin: failing })).outcome, 'passed');
  });

  it('says nothing of a cluster that goes by a hash', async () => {
    const objects = shop();
    const { data } = named(objects, 'ConfigMap', 'envoy');
    data['envoy.yaml'] = data['envoy.yaml'].replace('type: STRICT_DNS', 'type: STRICT_DNS\n    lb_policy: MAGLEV');
    const admin = (_: string, seconds: number) =>
      clustersText({ '10.0.0.1': 9 * seconds, '10.0.0.2': 0, '10.0.0.3': 0 });
    assert.equal((await found('GLB080', { objects, admin })).outcome, 'passed');
  });
});

describe('GLB081', () => {
  const failing = (flags: string) => (_: string, seconds: number) =>
    clustersText({ '10.0.0.1': seconds, '10.0.0.2': seconds, '10.0.0.3': [0, flags] });

  it('finds a ready pod that fails the health checks of Envoy', async () => {
    const { findings } = await found('GLB081', { admin: failing('/failed_active_hc/active_hc_timeout') });
    assert.equal(findings.length, 1);
    assert.match(
      findings[0]?.says ?? '',
      /^cart-3 \(10\.0\.0\.3:50051\) failed them at both looks, 30 s apart, in envoy-1, envoy-2$/,
    );
  });

  it('finds one that was never checked', async () => {
    const { findings } = await found('GLB081', { admin: failing('/failed_active_hc/pending_active_hc') });
    assert.match(findings[0]?.says ?? '', /was not checked once/);
  });

  it('passes one that is not ready, and could not look where nothing tells', async () => {
    const objects = shop();
    named(objects, 'EndpointSlice', 'cart-x').endpoints[2].conditions.ready = false;
    const admin = failing('/failed_active_hc');
    assert.equal((await found('GLB081', { objects, admin })).outcome, 'passed');
    const without = shop().filter(({ kind }) => kind !== 'EndpointSlice');
    assert.equal((await found('GLB081', { objects: without, admin })).outcome, 'blind');
  });

  it('goes by the statistics where the admin port cannot be reached', async () => {
    const isAllowed = ({ subresource }: Right) => subresource !== 'portforward';
    const proxy = (path: string) => {
      if (!path.endsWith(':9902/proxy/stats/prometheus')) return undefined;
      const series = { upstream_rq_total: 5, membership_total: 3, membership_healthy: 0, health_check_attempt: 40 };
      const passedChecks = { ...series, health_check_success: 0 };
      return Object.entries(passedChecks)
        .map(([name, value]) => `envoy_cluster_${name}{envoy_cluster_name="cart"} ${value}\n`)
        .join('');
    };
    const { findings } = await found('GLB081', { isAllowed, proxy });
    assert.match(findings[0]?.says ?? '', /^none of 40 health checks of 3 hosts passed since envoy-1 began$/);
    assert.equal((await found('GLB080', { isAllowed, proxy })).outcome, 'blind');
  });
});

describe('GLB082', () => {
  const meshed = (annotated: boolean, container?: string) => {
    const objects = shop();
    const pod = named(objects, 'Pod', 'cart-1');
    if (annotated) pod.metadata.annotations = { 'linkerd.io/inject': 'enabled' };
    if (container !== undefined) pod.spec.initContainers = [{ name: container }];
    return objects;
  };
  const webhook = { kind: 'MutatingWebhookConfiguration', metadata: { name: 'linkerd-proxy-injector-webhook-config' } };
  const injector = { apiVersion: 'admissionregistration.k8s.io/v1', ...webhook };

  it('finds a pod without a proxy where the mesh is', async () => {
    const objects = [...meshed(true), injector];
    const { findings } = await found('GLB082', { objects });
    assert.match(findings[0]?.says ?? '', /asks for Linkerd, which is there, and has no container linkerd-proxy/);
  });

  it('finds it by the annotation of the namespace', async () => {
    const objects = [...meshed(false), injector];
    named(objects, 'Namespace', 'shop').metadata.annotations = { 'linkerd.io/inject': 'enabled' };
    assert.equal((await found('GLB082', { objects })).findings.length, 3);
  });

  it('passes a pod with the proxy, as a sidecar of either kind', async () => {
    assert.equal((await found('GLB082', { objects: [...meshed(true, 'linkerd-proxy'), injector] })).outcome, 'passed');
  });

  it('is about nothing where the mesh is not, and could not look where nothing tells', async () => {
    assert.equal((await found('GLB082', { objects: meshed(true) })).outcome, 'not-applicable');
    const isAllowed = ({ resource }: Right) => resource !== 'mutatingwebhookconfigurations';
    assert.equal((await found('GLB082', { objects: meshed(true), isAllowed })).outcome, 'blind');
  });
});

describe('GLB083', () => {
  const withActive = (condition: object | undefined) => {
    const objects = shop();
    named(objects, 'HorizontalPodAutoscaler', 'envoy').status.conditions = condition ? [condition] : [];
    return { objects };
  };
  const active = { type: 'ScalingActive', status: 'False' };

  it('finds an autoscaler that reads <unknown>', async () => {
    const condition = { ...active, reason: 'FailedGetPodsMetric', message: 'unable to get metric rps.' };
    const { findings } = await found('GLB083', withActive(condition));
    assert.equal(findings[0]?.says, 'FailedGetPodsMetric: unable to get metric rps');
    assert.equal(findings[0]?.field, 'status.conditions[0]');
  });

  it('passes one that is switched off, and could not look at one that is new', async () => {
    assert.equal((await found('GLB083', withActive({ ...active, reason: 'ScalingDisabled' }))).outcome, 'passed');
    assert.equal((await found('GLB083', withActive(undefined))).outcome, 'blind');
  });
});
