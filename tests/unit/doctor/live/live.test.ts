// `doctor --live` on a played cluster: what it finds, what it could not look at, and that it only reads.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Right } from '../../../../doctor/live/access/access';
import { parseOptions } from '../../../../doctor/options';
import { clustersText, named, type Play, playLive, shop } from './played-cluster';

/** `GLB080`: what was found, as the JSON has it. */
async function found(code: string, play: Play, args: readonly string[] = []) {
  const { out, err } = await playLive([...args, '--json'], play);
  assert.notEqual(out, '', err);
  const { findings, rules } = JSON.parse(out) as {
    findings: { code: string; says: string; file: string; field?: string; inner?: number }[];
    rules: { code: string; outcome: string }[];
  };
  const outcome = rules.find((rule) => rule.code === code)?.outcome;
  return { outcome, findings: findings.filter((finding) => finding.code === code) };
}

const LIVE_CODES = ['GLB080', 'GLB081', 'GLB082', 'GLB083'];

describe('doctor --live', () => {
  it('finds nothing in a cluster that is well, and shows how calls spread', async () => {
    const { out, code } = await playLive(['--watch', '10']);
    const of = (pod: string, calls: number, percent: number) => `${pod} ${calls} (${percent} %)`;
    const servers = ['cart-1', 'cart-2', 'cart-3'].map((pod) => of(pod, 60, 33)).join(', ');
    assert.ok(out.includes(`cluster cart of Deployment shop/envoy: 180 (Jain 1.00); ${servers}`), out);
    const envoys = ['envoy-1', 'envoy-2'].map((pod) => of(pod, 90, 50)).join(', ');
    assert.ok(out.includes(`pods of Deployment shop/envoy: 180 (Jain 1.00); ${envoys}`), out);
    assert.match(out, /context here, \d+ objects in all namespaces but those of Kubernetes/);
    for (const rule of LIVE_CODES) assert.doesNotMatch(out, new RegExp(`${rule} ·`));
    assert.equal(typeof code, 'number');
  });

  it('asks kubectl to get, and to review rights, and nothing else', async () => {
    const { asked } = await playLive([]);
    const verbs = asked.map((words) => words.replace('--request-timeout=0 ', '').split(' ')[0]);
    assert.deepEqual([...new Set(verbs)].sort(), ['config', 'create', 'get']);
    assert.equal(verbs.filter((verb) => verb === 'create').length, 1);
    assert.ok(!asked.join('\n').includes('secrets'));
    assert.ok(!/(^|[ ,])endpoints([ ,]|$)/.test(asked.join('\n')));
  });

  it('gives a live object a field in place of a line', async () => {
    const objects = shop();
    named(objects, 'ConfigMap', 'envoy').data['envoy.yaml'] = named(objects, 'ConfigMap', 'envoy').data[
      'envoy.yaml'
    ].replace('STRICT_DNS', 'LOGICAL_DNS');
    const { findings } = await found('GLB002', { objects });
    assert.equal(findings.length, 1);
    const [{ file, field, inner } = { file: '' }] = findings;
    assert.deepEqual([file, field, inner], ['ConfigMap/shop/envoy', 'data["envoy.yaml"]', 5]);
    const { out } = await playLive([], { objects });
    assert.match(out, /GLB002 · error · ConfigMap\/shop\/envoy data\["envoy.yaml"\] \(line 5 of its text\)/);
    const sarif = JSON.parse((await playLive(['--sarif'], { objects })).out);
    const result = sarif.runs[0].results.find(({ ruleId }: { ruleId: string }) => ruleId === 'GLB002');
    assert.match(result.locations[0].logicalLocations[0].fullyQualifiedName, /^ConfigMap\/shop\/envoy data/);
  });

  it('hears a suppression in the text of a live ConfigMap', async () => {
    const objects = shop();
    const { data } = named(objects, 'ConfigMap', 'envoy');
    data['envoy.yaml'] = data['envoy.yaml'].replace(
      'type: STRICT_DNS',
      'type: LOGICAL_DNS # doctor:ignore GLB002: one address is meant',
    );
    const { out } = await playLive(['--json'], { objects });
    const { suppressed } = JSON.parse(out) as { suppressed: { code: string; reason: string }[] };
    assert.deepEqual(
      suppressed.map(({ code, reason }) => [code, reason]),
      [['GLB002', 'one address is meant']],
    );
  });

  it('does not take the replicas that an autoscaler wrote for those of a manifest', async () => {
    assert.equal((await found('GLB011', {})).outcome, 'passed');
    const written = shop();
    const fields = { 'f:spec': { 'f:replicas': {} } };
    named(written, 'Deployment', 'envoy').metadata.managedFields = [{ operation: 'Apply', fieldsV1: fields }];
    assert.equal((await found('GLB011', { objects: written })).outcome, 'found');
    const untold = shop();
    named(untold, 'Deployment', 'envoy').metadata.managedFields = [{ operation: 'Update', fieldsV1: fields }];
    assert.equal((await found('GLB011', { objects: untold })).outcome, 'blind');
    const applied = shop();
    const last = JSON.stringify({ spec: { replicas: 2 } });
    named(applied, 'Deployment', 'envoy').metadata.annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': last,
    };
    assert.equal((await found('GLB011', { objects: applied })).outcome, 'found');
  });

  it('lays files over the cluster', async () => {
    const deployment = named(shop(), 'Deployment', 'envoy');
    // A file without a namespace goes where kubectl would put it.
    const { namespace: _, managedFields: __, ...metadata } = deployment.metadata;
    const files = JSON.stringify({ ...deployment, metadata });
    const { findings } = await found('GLB011', { files }, ['-']);
    assert.deepEqual(
      findings.map(({ file }) => file),
      ['stdin'],
    );
  });

  it('says that a text cannot be read, and goes on', async () => {
    const objects = shop();
    const broken = { 'envoy.yaml': 'static_resources:\n  {{ x\n' };
    objects.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', namespace: 'shop' }, data: broken });
    const { out } = await playLive([], { objects });
    assert.match(out, /namespace shop: it needs a configuration in ConfigMap shop\/b that is YAML/);
  });
});

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

describe('doctor --live with few rights', () => {
  const inShop = ({ namespace }: Right) => namespace === 'shop';

  it('reads the namespace of the context, and says what it could not see', async () => {
    const { out, asked } = await playLive([], { isAllowed: inShop });
    assert.match(out, /objects in namespace shop/);
    assert.match(out, /GLB082.* · the cluster: it needs the right to list namespaces in all namespaces/);
    assert.ok(asked.every((words) => !words.includes('--all-namespaces')));
  });

  it('passes no rule that asks for what may not be listed, and finds nothing by it', async () => {
    const isAllowed = (right: Right) => inShop(right) && right.resource !== 'horizontalpodautoscalers';
    assert.equal((await found('GLB011', { isAllowed })).outcome, 'blind');
    assert.equal((await found('GLB083', { isAllowed })).outcome, 'blind');
    const { out } = await playLive([], { isAllowed });
    const needs = 'namespace shop: it needs the right to list horizontalpodautoscalers.autoscaling in namespace shop';
    assert.ok(out.includes(needs), out);
  });

  it('needs a right to see the calls', async () => {
    const isAllowed = (right: Right) => inShop(right) && right.subresource === undefined;
    const { outcome } = await found('GLB080', { isAllowed });
    assert.equal(outcome, 'blind');
    const { out, progress } = await playLive([], { isAllowed });
    assert.match(out, /Pod shop\/envoy-1: it needs the right to create pods\/portforward in namespace shop/);
    // There was nothing to wait for.
    assert.ok(!progress.some((line) => line.includes('counts calls')));
  });

  for (const [what, args, play, said] of [
    ['no right at all', [], { isAllowed: () => false }, /rights allow to list nothing in namespace shop/],
    ['no context', [], { contexts: {} }, /no current context; give --context, one of: none/],
    ['a wrong context', ['--context', 'there'], {}, /--context: expected one of kubectl's \(here\), got "there"/],
    ['no kubectl', [], { fail: () => ({ failure: 'kubectl is not installed' }) }, /kubectl is not installed/],
    ['no cluster', [], failing('create', { stderr: 'connection refused' }), /may be read: .*connection refused/],
    ['a cluster that is silent', [], failing('create', { failure: 'no end within 60 s' }), /no end within 60 s/],
  ] as const) {
    it(`ends with 2 and a sentence: ${what}`, async () => {
      const { code, out, err } = await playLive(args, play as Play);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, /^doctor: [^\n]+\n$/);
      assert.match(err, said);
    });
  }

  it('ends with 130 and says nothing after Ctrl-C', async () => {
    const { code, out, err } = await playLive([], { interruptAfterSeconds: 3 });
    assert.deepEqual([code, out, err], [130, '', '']);
  });
});

function failing(verb: string, result: object): Play {
  return { fail: (args) => (args.includes(verb) ? result : undefined) };
}

describe('parseOptions() of --live', () => {
  it('needs no files', () => {
    const parsed = parseOptions(['--live', '--namespace', 'a,b', '--watch', '5', '--context', 'c']);
    const live = parsed.kind === 'run' ? parsed.options.live : undefined;
    assert.deepEqual(live, { context: 'c', namespaces: ['a', 'b'], watchSeconds: 5 });
  });

  it('reports what is wrong with it, all at once', () => {
    const parsed = parseOptions(['--namespace', 'A', '--watch', '0', '--context', 'c', 'a.yaml']);
    assert.ok(parsed.kind === 'wrong');
    for (const said of [/--namespace: expected names/, /--watch: expected a whole number/, /--context: needs --live/]) {
      assert.match(parsed.problems.join('\n'), said);
    }
  });
});
