import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { unknownKinds } from '../../../../doctor/input/kinds';
import { InputError } from '../../../../doctor/input/problem';
import { readInput } from '../../../../doctor/input/read-input';
import { folderWith, inputOf } from '../examined';

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n';

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown.problems;
    throw thrown;
  }
  return [];
}

describe('readInput()', () => {
  it('reads files, folders with all below them, and each file once', (t) => {
    const folder = folderWith(t, {
      'a.yaml': POD,
      'b.json': '{"apiVersion":"v1","kind":"Pod","metadata":{}}',
      'c.md': '{{',
    });
    mkdirSync(path.join(folder, 'below/.git'), { recursive: true });
    writeFileSync(path.join(folder, 'below/d.yml'), `${POD}---\n${POD}`);
    writeFileSync(path.join(folder, 'below/.git/e.yaml'), 'no: [');
    const { objects } = readInput(['.', 'a.yaml'], { folder, readStdin: () => '' });
    assert.deepEqual(
      objects.map(({ place: { file, line } }) => `${file}:${line}`),
      ['a.yaml:1', 'b.json:1', 'below/d.yml:1', 'below/d.yml:5'],
    );
  });

  it('names files relative to the caller, and standard input', (t) => {
    const folder = folderWith(t, { 'a.yaml': POD });
    const inner = path.join(folder, 'inner');
    mkdirSync(inner);
    const { texts } = readInput(['../a.yaml', '-'], { folder: inner, readStdin: () => POD });
    assert.deepEqual(
      texts.map(({ name }) => name),
      ['../a.yaml', 'stdin'],
    );
  });

  it('flattens lists, lists in lists too', () => {
    const inner =
      '{"apiVersion":"v1","kind":"PodList","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}]}';
    const { objects, others } = inputOf(
      `apiVersion: v1\nkind: List\nitems:\n- ${inner}\n- apiVersion: v1\n  kind: Pod\n`,
    );
    assert.deepEqual(
      objects.map(({ label, place }) => `${label} ${place.line}`),
      ['Pod default/b 4', 'Pod default/ 5'],
    );
    assert.deepEqual(others, []);
    assert.deepEqual(inputOf('{"kind":"List","apiVersion":"v1","items":[]}').others, []);
  });

  it('tells configurations of Envoy, and YAML that is neither', () => {
    const { objects, bootstraps, others } = inputOf('staticResources: { clusters: [] }\n---\nreplicaCount: 2\n');
    assert.deepEqual([objects.length, bootstraps.length, others], [0, 1, ['stdin:3']]);
  });

  it('keeps the template that a rendered object comes from', () => {
    const { objects } = inputOf(`---\n# Source: shop/templates/pod.yaml\n${POD}---\n${POD}`);
    assert.deepEqual(
      objects.map(({ template }) => template),
      ['shop/templates/pod.yaml', undefined],
    );
  });

  it('reports everything that cannot be read at once', (t) => {
    const folder = folderWith(t, {
      'broken.yaml': 'a: [1\nb: 2\n',
      'chart.yaml': 'a: {{ .Values.a }}\n',
      'note.txt': '',
    });
    mkdirSync(path.join(folder, 'empty'));
    const paths = ['missing.yaml', 'broken.yaml', 'chart.yaml', 'empty'];
    const problems = problemsOf(() => readInput(paths, { folder, readStdin: () => '' }));
    assert.equal(problems.length, 4, problems.join('\n'));
    for (const [name, said] of [
      ['missing.yaml', /there is no such file or folder/],
      ['broken.yaml', /no YAML that kubectl would read/],
      ['chart.yaml:1', /helm template .*kubectl kustomize/],
      ['empty', /expected a folder with files/],
    ] as const) {
      assert.match(problems.find((problem) => problem.startsWith(`${name}: `)) ?? '', said);
    }
  });

  for (const [what, text] of [
    ['a template that is YAML all the same', POD.replace('name: a', 'name: "{{ .Release.Name }}"')],
    ['a template in a spec', `${POD}spec: { nodeName: '{{ include "node" . }}' }\n`],
    ['a kustomization with patches', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches: []\n'],
  ]) {
    it(`says what renders ${what}`, () => {
      assert.match(problemsOf(() => inputOf(text ?? '')).join(), /^stdin:\d: .*kubectl kustomize/);
    });
  }

  it('leaves alone what templates of other programs are written in', () => {
    const alert = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { r: "{{ $labels.pod }}" }\n';
    const workflow =
      'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: { name: a }\nspec: { a: "{{inputs.a}}" }\n';
    const listed = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n';
    assert.equal(inputOf(`${alert}---\n${workflow}---\n${listed}`).objects.length, 3);
  });
});

describe('unknownKinds()', () => {
  it('counts custom resources that no rule reads', () => {
    const of = (apiVersion: string, kind: string) =>
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a }\n`;
    const { objects } = inputOf(
      [of('kafka.strimzi.io/v1', 'Kafka'), of('kafka.strimzi.io/v1', 'Kafka'), of('apps/v1', 'Deployment')].join(
        '---\n',
      ),
    );
    assert.deepEqual([...unknownKinds(objects)], [['Kafka (kafka.strimzi.io/v1)', 2]]);
  });
});
