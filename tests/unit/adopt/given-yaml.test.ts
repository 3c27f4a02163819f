// YAML as people have it: with the line ends of Windows, in Lists, with anchors, or of something that adopt cannot take.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { type Adopted, adoptAll, PYTHON_IMAGES, SAMPLES, textOf } from '../../support/adopted';

const DEPLOYMENT = readFileSync(path.join(SAMPLES, 'python-images/deployment.yaml'), 'utf8');
const adoptText = (input: string) => adoptAll([[...PYTHON_IMAGES.slice(0, -1), '-']], input);
const adoptPlain = () => adoptText(DEPLOYMENT);

/** As lines of a list, the first with its dash. */
const asItem = (text: string, margin: string) =>
  `${margin}- ${text.trimEnd().replaceAll('\n', `\n${margin}  `)}\n`.replaceAll(/^ +$/gm, '');

function sameFiles(adopted: Adopted, plain: Adopted): void {
  assert.deepEqual(adopted.problems, []);
  assert.deepEqual(Object.fromEntries(adopted.files), Object.fromEntries(plain.files));
}

describe('adopt takes for the same', () => {
  it('lines that end as on Windows', async () => {
    sameFiles(await adoptText(DEPLOYMENT.replaceAll('\n', '\r\n')), await adoptPlain());
  });

  it('a List in a List, with items that are nothing', async () => {
    const input = `apiVersion: v1\nkind: List\nitems:\n- null\n- apiVersion: v1\n  kind: List\n  items:\n${asItem(DEPLOYMENT, '  ')}`;
    const adopted = await adoptText(input);
    assert.deepEqual(adopted.problems, []);
    const read = (each: Adopted) => parse(textOf(each, 'resizer_k8s/patch/deployment.yaml'));
    assert.deepEqual(read(adopted), read(await adoptPlain()));
  });

  it('a list of Deployments whose items leave the kind to it', async () => {
    const bare = DEPLOYMENT.replace(/^apiVersion: .*\nkind: .*\n/m, '');
    const adopted = await adoptText(`apiVersion: apps/v1\nkind: DeploymentList\nitems:\n${asItem(bare, '')}`);
    assert.deepEqual(adopted.problems, []);
    const text = textOf(adopted, 'resizer_k8s/patch/deployment.yaml');
    assert.deepEqual(parse(text), parse(textOf(await adoptPlain(), 'resizer_k8s/patch/deployment.yaml')));
  });
});

describe('adopt of a Deployment with anchors', () => {
  const input = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: resizer
  namespace: images
  labels: &labels { app: resizer }
spec:
  replicas: &pods 2
  revisionHistoryLimit: *pods
  selector: { matchLabels: *labels }
  template:
    metadata:
      labels:
        <<: *labels
        team: pictures
    spec:
      containers:
      - name: server
        image: example.com/resizer:4
        ports: [{ name: grpc, containerPort: 50051 }]
        livenessProbe: &probe # the only one that we had
          grpc: { port: 50051 }
        startupProbe: *probe
        readinessProbe: *probe
`;

  it('changes each value where it is used, and no other', async () => {
    const words = PYTHON_IMAGES.slice(0, -1).map((word) => (word === 'none' ? 'overall' : word));
    const adopted = await adoptAll([[...words, '-']], input);
    assert.deepEqual(adopted.problems, []);
    const text = textOf(adopted, 'resizer_k8s/patch/deployment.yaml');
    assert.doesNotMatch(text, /[&*]\w|<</);
    assert.match(text, /# the only one that we had/);
    const { spec } = parse(text);
    const [server] = spec.template.spec.containers;
    assert.deepEqual(server.livenessProbe, { tcpSocket: { port: 50051 } });
    assert.deepEqual([server.startupProbe.grpc, server.readinessProbe.grpc], Array(2).fill({ port: 50051 }));
    assert.deepEqual([spec.replicas, spec.revisionHistoryLimit], [undefined, 2]);
    assert.deepEqual(spec.template.metadata.labels, { app: 'resizer', team: 'pictures' });
  });

  it('takes no text whose aliases multiply without end', async () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const value = level === 0 ? 'x' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array(9).fill(value).join(', ')}]`;
    });
    const { problems } = await adoptText(levels.join('\n'));
    assert.match(problems.join('\n'), /^standard input: expected at most 1000000 values, got \d+ by aliases$/m);
  });
});

describe('adopt says what it was given instead of a Deployment', () => {
  for (const [what, input, expected] of [
    [
      'a StatefulSet',
      DEPLOYMENT.replace('kind: Deployment', 'kind: StatefulSet'),
      /got none, and StatefulSet resizer, which/,
    ],
    [
      'a Rollout',
      DEPLOYMENT.replace(/apiVersion: .*\nkind: Deployment/, 'apiVersion: argoproj.io/v1alpha1\nkind: Rollout'),
      /got none, and Rollout resizer, which adopt cannot patch/,
    ],
    [
      'a kustomization',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [deployment.yaml]\n',
      /^standard input: expected objects, got a kustomization: give what "kubectl kustomize DIR" prints/,
    ],
    ['nothing', '', /expected one Deployment, or --service to choose one, got none$/m],
    ['comments', '# none\n---\n# none\n', /got none$/m],
    ['text', 'just text\n', /got none$/m],
  ] as const) {
    it(what, async () => assert.match((await adoptText(input)).problems.join('\n'), expected));
  }
});
