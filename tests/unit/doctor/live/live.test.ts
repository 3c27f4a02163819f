// `doctor --live` on a played cluster: what it finds, what it could not look at, and that it only reads.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Right } from '../../../../doctor/live/access/access';
import { parseOptions } from '../../../../doctor/options';
import { found, named, type Play, playLive, shop } from './played-cluster';

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
