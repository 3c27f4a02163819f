// What adopt refuses: all that it cannot know, and all that does not fit, at once, and then it writes nothing.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { parseOptions } from '../../../adopt/options/options';
import { adoptAll, adoptInto, GO_ORDERS, PYTHON_IMAGES, SAMPLES, textOf } from '../../support/adopted';

const proto = (name: string) => path.join(SAMPLES, name);
const ORDERS_PROTO = proto('go-orders/orders.proto');

/** What is complained of: the word before the first colon of each problem. */
async function complaints(args: readonly string[], input = ''): Promise<readonly string[]> {
  const parent = mkdtempSync(path.join(tmpdir(), 'adopt-'));
  try {
    const { problems } = await adoptInto(path.join(parent, 'out'), args, input);
    return problems.map((problem) => problem.split(': ')[0] ?? '');
  } finally {
    rmSync(parent, { recursive: true });
  }
}

describe('adopt without the objects of the user', () => {
  it('misses all that they would tell, at once', async () => {
    assert.deepEqual(await complaints(['--proto', ORDERS_PROTO]), [
      '--service',
      '--namespace',
      '--selector',
      '--container',
      '--grace',
      '--replicas',
      '--calls-per-pod',
      'instead of such options give the objects themselves',
      '--port',
      '--health',
      '--idempotent',
    ]);
  });

  it('takes it from the command line', async () => {
    const said = [
      ...[
        '--proto',
        ORDERS_PROTO,
        '--idempotent',
        'none',
        '--service',
        'orders',
        '--namespace',
        'shop',
        '--port',
        '9090',
      ],
      ...['--selector', 'app=orders,tier=api', '--container', 'server', '--grace', '60s', '--replicas', '2-6'],
      ...['--calls-per-pod', '12', '--health', 'overall', '--drains', '30s'],
    ];
    const adopted = await adoptAll([said]);
    assert.deepEqual(adopted.problems, []);
    assert.match(textOf(adopted, 'orders_k8s/service-headless.yaml'), /selector:\n {4}app: orders\n {4}tier: api\n/);
    assert.match(textOf(adopted, 'orders_k8s/service-headless.yaml'), /publishNotReadyAddresses: true/);
    const patch = textOf(adopted, 'orders_k8s/patch/deployment.patch');
    assert.match(patch, /readinessProbe:\n\s+httpGet: null\n\s+tcpSocket: null\n\s+exec: null\n\s+grpc:/);
    assert.doesNotMatch(patch, /preStop|terminationGracePeriodSeconds/, 'it drains within the grace that it has');
    assert.match(textOf(adopted, 'NEXT-STEPS.md'), /apply edit-last-applied deployment\/orders/);
    assert.doesNotMatch(textOf(adopted, 'envoy_proxy_k8s/configmap.yaml'), /hedge_policy/);
  });
});

describe('adopt refuses', () => {
  const deployment = readFileSync(proto('python-images/deployment.yaml'), 'utf8');
  const python = PYTHON_IMAGES.slice(0, -1);

  const CASES: readonly (readonly [
    what: string,
    args: readonly string[],
    input: string,
    expected: readonly string[],
  ])[] = [
    ['options that there are not', ['--prot=x', ...PYTHON_IMAGES], '', ['--prot']],
    ['neither a proto nor reflection', PYTHON_IMAGES.slice(2), '', ['--proto and --reflect']],
    [
      'a proto that is none',
      ['--proto', proto('python-images/deployment.yaml'), ...PYTHON_IMAGES.slice(2)],
      '',
      [proto('python-images/deployment.yaml')],
    ],
    ['a file that is not there', [...PYTHON_IMAGES, '/nowhere.yaml'], '', ['/nowhere.yaml']],
    ['a template', [...python, '-'], `${deployment}      nodeSelector: {{ .Values.node }}\n`, ['standard input']],
    ['what is no YAML', [...python, '-'], 'a: [', ['standard input']],
    [
      'two Deployments',
      [...python, '-'],
      `${deployment}---\n${deployment.replace('name: resizer', 'name: other')}`,
      ['the files'],
    ],
    [
      'a stream as idempotent',
      [...PYTHON_IMAGES.map((word) => (word === 'Resize' ? 'Resize,Upload' : word))],
      '',
      ['--idempotent'],
    ],
    [
      'a method that there is not',
      [...PYTHON_IMAGES.map((word) => (word === 'Resize' ? 'Get*' : word))],
      '',
      ['--idempotent'],
    ],
    ['a drain without a health service', [...PYTHON_IMAGES, '--drains', '20s'], '', ['--drains']],
    ['a counter that no one can read', [...PYTHON_IMAGES, '--counter', 'calls_total'], '', ['--metrics-port']],
    [
      'a counter of no known library of which nothing says what are calls',
      GO_ORDERS.map((word) => (word.startsWith('grpc_server_') ? 'calls_total' : word)),
      '',
      ['--counter'],
    ],
    [
      'what the counter has not where there is none',
      [...PYTHON_IMAGES, '--health-uncounted'],
      '',
      ['--health-uncounted'],
    ],
    ['another namespace than the Deployment’s', [...PYTHON_IMAGES, '--namespace', 'shop'], '', ['--namespace']],
    [
      'values of the wrong form',
      [...PYTHON_IMAGES, '--port', '70000', '--replicas', '5-2', '--calls-per-pod', '0'],
      '',
      ['--port', '--replicas', '--calls-per-pod'],
    ],
  ];
  for (const [what, args, input, expected] of CASES) {
    it(what, async () => {
      const found = await complaints(args, input);
      for (const word of expected) assert.ok(found.includes(word), `${word} among ${found.join(', ')}`);
    });
  }

  it('a Deployment whose probes do not tell of a health service, where nothing else does', async () => {
    const args = PYTHON_IMAGES.filter((word, at) => word !== '--health' && PYTHON_IMAGES[at - 1] !== '--health');
    assert.deepEqual(await complaints(args), ['--health']);
  });

  it('a folder with other files, and files that were edited by hand', async () => {
    const out = mkdtempSync(path.join(tmpdir(), 'adopt-'));
    try {
      assert.deepEqual((await adoptInto(out, PYTHON_IMAGES)).problems, []);
      writeFileSync(path.join(out, 'resizer_k8s/hpa.yaml'), 'mine');
      const { problems } = await adoptInto(out, GO_ORDERS);
      assert.match(problems.join('\n'), /^--out \S+: resizer_k8s\/hpa\.yaml was edited/);
      assert.equal(readFileSync(path.join(out, 'resizer_k8s/hpa.yaml'), 'utf8'), 'mine');
      rmSync(path.join(out, '.adopted'));
      assert.match((await adoptInto(out, GO_ORDERS)).problems.join('\n'), /expected a new folder/);
    } finally {
      rmSync(out, { recursive: true });
    }
  });

  it('two services that one Envoy cannot tell apart', async () => {
    const second = [...GO_ORDERS.slice(0, -1), '-', '--cluster', 'orders'];
    const input = readFileSync(proto('go-orders/orders.yaml'), 'utf8').replaceAll(
      'namespace: shop',
      'namespace: shop-2',
    );
    const { problems } = await adoptAll([GO_ORDERS, second], input);
    assert.match(problems.join('\n'), /--cluster: expected another name than orders/);
    assert.match(problems.join('\n'), /shop\.orders\.v1\.Orders is routed to shop\/orders already/);
  });
});

describe('adopt reads', () => {
  it('what kubectl get -o yaml prints: a List, with what the API server added', async () => {
    const indented = readFileSync(proto('python-images/deployment.yaml'), 'utf8').trimEnd().replaceAll('\n', '\n  ');
    const input = `apiVersion: v1\nkind: List\nitems:\n- ${indented}\n  status:\n    replicas: 2\n`.replace(
      'metadata:\n    name: resizer',
      'metadata:\n    uid: 1-2\n    resourceVersion: "7"\n    generation: 3\n    name: resizer',
    );
    const adopted = await adoptAll([[...PYTHON_IMAGES.slice(0, -1), '-']], input);
    assert.deepEqual(adopted.problems, []);
    const text = textOf(adopted, 'resizer_k8s/patch/deployment.yaml');
    assert.doesNotMatch(text, /uid|resourceVersion|generation|status|replicas/);
    assert.match(text, /image: example.com\/resizer:4/);
  });

  it('the bounds and the name of an autoscaler, and leaves a budget alone', async () => {
    const more = `
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: resizer-cpu, namespace: images }
spec: { scaleTargetRef: { kind: Deployment, name: resizer }, minReplicas: 4, maxReplicas: 40 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: images, namespace: images }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: resizer } } }
`;
    const input = readFileSync(proto('python-images/deployment.yaml'), 'utf8') + more;
    const adopted = await adoptAll([[...PYTHON_IMAGES.slice(0, -1), '-']], input);
    assert.deepEqual(adopted.problems, []);
    assert.match(
      textOf(adopted, 'resizer_k8s/hpa.yaml'),
      /name: resizer-cpu[\s\S]*minReplicas: 4 [\s\S]*maxReplicas: 40 /,
    );
    assert.ok(!adopted.files.has('resizer_k8s/poddisruptionbudget.yaml'));
  });

  it('a Deployment that leaves its namespace to the command line, and writes it into the patched one', async () => {
    const input = readFileSync(proto('python-images/deployment.yaml'), 'utf8').replace('  namespace: images\n', '');
    const adopted = await adoptAll([[...PYTHON_IMAGES.slice(0, -1), '--namespace', 'pictures', '-']], input);
    assert.deepEqual(adopted.problems, []);
    assert.match(textOf(adopted, 'resizer_k8s/patch/deployment.yaml'), /namespace: pictures/);
    assert.match(textOf(adopted, 'resizer_k8s/patch/deployment.last-applied'), /namespace: pictures/);
  });

  it('no port for metrics that is none', async () => {
    const input = readFileSync(proto('go-orders/orders.yaml'), 'utf8').replace('"9100"', '"metrics"');
    const { problems } = await adoptAll([[...GO_ORDERS.slice(0, -1), '-']], input);
    assert.match(problems.join('\n'), /prometheus\.io\/port: expected the number of a port, got "metrics"/);
  });

  it('--help before all else', () => assert.equal(parseOptions(['--help', '--nonsense']).kind, 'help'));
});
