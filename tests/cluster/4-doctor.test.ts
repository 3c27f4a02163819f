// The doctor on the live system: with all rights it finds nothing and sees every call, with those of one namespace it says
// what it could not look at, and files laid over the cluster are judged as if they were applied.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { replicas } from '../support/cluster-state';
import { waitFor } from '../support/condition';
import { deploy, findKubernetes, type Kubernetes, kubectl, ROOT } from '../support/kubernetes';

/** At a call every 5 s: more than the 20 calls that tell something of three servers. */
const WATCH_SECONDS = 150;
const READER = 'doctor-test';

describe('doctor --live', async () => {
  const found = await findKubernetes();
  const skip = found.ok ? false : found.reason;
  const kubernetes = (found.ok ? found.kubernetes : undefined) as Kubernetes;

  describe('on a cluster', { skip }, () => {
    let folder = '';

    before(async () => {
      await deploy(kubernetes);
      folder = await mkdtemp(path.join(tmpdir(), 'doctor-'));
    });
    after(async () => {
      await kubectl(kubernetes, '-n', 'envoy', 'delete', READER_KINDS, READER, '--ignore-not-found');
      await rm(folder, { recursive: true, force: true });
    });

    it('finds nothing with all rights, and sees that each server gets its share', async () => {
      await waitFor('three servers', 240_000, async () => {
        const { desired, ready } = await replicas(kubernetes, 'grpc-server', 'grpc-server');
        return desired === 3 && ready === 3 ? true : undefined;
      });
      const { code, answer } = await doctor(kubernetes, ['--watch', String(WATCH_SECONDS)]);
      assert.deepEqual(answer.findings, []);
      assert.equal(code, 0);
      for (const rule of ['GLB001', 'GLB011', 'GLB080', 'GLB081', 'GLB083']) {
        assert.equal(outcomeOf(answer, rule), 'passed', `${rule}: ${JSON.stringify(answer.couldNotLook)}`);
      }
      const servers = answer.live.calls.find(({ of }) => of === 'cluster greeter of Deployment envoy/envoy');
      assert.equal(servers?.shares.length, 3);
      assert.ok((servers?.jain ?? 0) > 0.9, JSON.stringify(servers));
    });

    it('says with the rights of one namespace what it could not look at, and passes none of it', async () => {
      const reader = await asReader(kubernetes, folder);
      const { code, answer } = await doctor(reader, ['--watch', '1']);
      assert.deepEqual([code, answer.findings], [0, []]);
      assert.match(answer.live.read, /in namespace envoy$/);
      for (const rule of ['GLB001', 'GLB080', 'GLB082']) assert.equal(outcomeOf(answer, rule), 'blind', rule);
      for (const rule of ['GLB011', 'GLB083']) assert.equal(outcomeOf(answer, rule), 'passed', rule);
      const needs = answer.couldNotLook.map((each) => each.needs);
      for (const right of [
        'the right to create pods/portforward in namespace envoy',
        'the right to list namespaces in all namespaces',
        'the Service that grpc-server-headless.grpc-server.svc.cluster.local means',
      ]) {
        assert.ok(needs.includes(right), `${right} is not among ${needs.join('; ')}`);
      }
    });

    it('judges files as if they were applied', async () => {
      const file = path.join(folder, 'service.yaml');
      const metadata = '{ name: grpc-server-headless, namespace: grpc-server }';
      const ports = '[{ port: 50051, appProtocol: kubernetes.io/h2c }]';
      const spec = `{ selector: { app.kubernetes.io/name: grpc-server }, ports: ${ports} }`;
      await writeFile(file, `apiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec: ${spec}\n`);
      const { code, answer } = await doctor(kubernetes, ['--watch', '1', file]);
      assert.equal(code, 1);
      assert.equal(outcomeOf(answer, 'GLB001'), 'found');
    });
  });
});

interface Answer {
  readonly findings: readonly { readonly code: string }[];
  readonly couldNotLook: readonly { readonly code: string; readonly needs: string }[];
  readonly rules: readonly { readonly code: string; readonly outcome: string }[];
  readonly live: {
    readonly read: string;
    readonly calls: readonly { readonly of: string; readonly jain?: number; readonly shares: readonly unknown[] }[];
  };
}

function outcomeOf({ rules }: Answer, wanted: string): string | undefined {
  return rules.find(({ code }) => code === wanted)?.outcome;
}

function doctor(
  { context, env }: Pick<Kubernetes, 'context' | 'env'>,
  args: readonly string[],
): Promise<{ readonly code: number; readonly answer: Answer }> {
  const words = ['doctor', '--live', '--json', '--context', context, ...args];
  const options = { env, timeout: 15 * 60_000, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(path.join(ROOT, 'deploy-all.sh'), words, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      if (code !== 0 && code !== 1) return reject(new Error(`doctor ended with ${code}: ${stderr}`));
      resolve({ code, answer: JSON.parse(stdout) as Answer });
    });
  });
}

const READER_KINDS = 'serviceaccount,role,rolebinding';

/** What reads, and no port forward: the admin ports of the Envoys are on loopback. */
const RULES = [
  { apiGroups: [''], resources: ['pods', 'services', 'configmaps', 'limitranges'], verbs: ['list'] },
  { apiGroups: [''], resources: ['pods/proxy'], verbs: ['get'] },
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets', 'daemonsets'], verbs: ['list'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'] },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: ['list'] },
  { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies', 'ingresses'], verbs: ['list'] },
];

/** A ServiceAccount that may read the namespace of the Envoys, with a context of its own. */
async function asReader(kubernetes: Kubernetes, folder: string): Promise<Pick<Kubernetes, 'context' | 'env'>> {
  const metadata = { name: READER, namespace: 'envoy' };
  const group = 'rbac.authorization.k8s.io';
  const roleRef = { apiGroup: group, kind: 'Role', name: READER };
  const subjects = [{ kind: 'ServiceAccount', name: READER, namespace: 'envoy' }];
  const items = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${group}/v1`, kind: 'Role', metadata, rules: RULES },
    { apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects },
  ];
  const objects = path.join(folder, 'reader.json');
  await writeFile(objects, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl(kubernetes, 'apply', '-f', objects);
  const token = (await kubectl(kubernetes, '-n', 'envoy', 'create', 'token', READER)).trim();
  const config = path.join(folder, 'reader.kubeconfig');
  const text = await kubectl(kubernetes, 'config', 'view', '--raw', '--minify', '-o', 'json');
  const view = JSON.parse(text) as { clusters: readonly { name: string }[] };
  const context = { cluster: view.clusters[0]?.name, user: READER, namespace: 'envoy' };
  const reader = {
    ...view,
    users: [{ name: READER, user: { token } }],
    contexts: [{ name: READER, context }],
    'current-context': READER,
  };
  await writeFile(config, JSON.stringify(reader), { mode: 0o600 });
  return { context: READER, env: { ...kubernetes.env, KUBECONFIG: config } };
}
