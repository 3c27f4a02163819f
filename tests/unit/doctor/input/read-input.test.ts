import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { unknownKinds } from '../../../../doctor/input/kinds';
import { InputError } from '../../../../doctor/input/problem';
import { readInput, refuseNothing } from '../../../../doctor/input/read-input';
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
      ['broken.yaml:2:1', /kubectl would not read this YAML: Flow sequence/],
      ['chart.yaml:1', /helm template .*kubectl kustomize/],
      ['empty', /expected a folder with files/],
    ] as const) {
      assert.match(problems.find((problem) => problem.startsWith(`${name}: `)) ?? '', said);
    }
  });

  it('refuses what is no text, in a file and on standard input', (t) => {
    const folder = folderWith(t, { 'program.yaml': '\u007fELF\0\0', 'latin.yaml': '' });
    writeFileSync(path.join(folder, 'latin.yaml'), Buffer.from('name: caf\u00e9', 'latin1'));
    const problems = problemsOf(() =>
      readInput(['program.yaml', 'latin.yaml', '-'], { folder, readStdin: () => 'a\0b\0' }),
    );
    assert.deepEqual(
      problems.map((problem) => problem.split(': ')[0]),
      ['program.yaml', 'latin.yaml', 'stdin'],
    );
    for (const problem of problems) assert.match(problem, /expected text in UTF-8, got other bytes/);
  });

  it('refuses input with nothing to look at, such as that of a command that failed', (t) => {
    const folder = folderWith(t, { 'values.yaml': 'replicas: 2\n', 'comment.yaml': '# nothing\n', 'pod.yaml': POD });
    const read = (...paths: readonly string[]) => readInput(paths, { folder, readStdin: () => '' });
    const refuse = (...paths: readonly string[]) => refuseNothing(read(...paths));
    const neither = /: expected objects of Kubernetes or Envoy's configuration, found neither$/;
    for (const paths of [['-'], ['values.yaml'], ['comment.yaml', 'values.yaml']]) {
      assert.match(problemsOf(() => refuse(...paths)).join('\n'), neither, paths.join());
    }
    refuse('comment.yaml', 'values.yaml', 'pod.yaml');
    refuse(); // --live needs no files
    refuseNothing(inputOf('{"kind":"List","apiVersion":"v1","items":[]}'));
  });

  it('reads standard input once, however often it is named', () => {
    const texts = [POD, ''];
    const { objects } = readInput(['-', '-'], { folder: '/', readStdin: () => texts.shift() ?? assert.fail() });
    assert.equal(objects.length, 1);
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
