// Every object against the types of a real Kubernetes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KUBERNETES_VERSION, problemsOf } from '../support/kubernetes-schema';
import { FOLDERS, filesOf, optionalFiles, readManifest } from '../support/read-manifests';

describe('the types of Kubernetes', () => {
  it('come from the release that the project is tested with', () => {
    assert.match(KUBERNETES_VERSION, /^v1\.35\.\d+$/);
  });

  const deployment = readManifest('grpc_server_k8s/deployment.yaml').object;
  const broken: Readonly<Record<string, (copy: Record<string, never>) => void>> = {
    'a misspelt field': (copy) => rename(copy, ['spec', 'template', 'spec', 'containers', 0], 'readinessProbe'),
    'a field of the wrong type': (copy) => set(copy, ['spec', 'minReadySeconds'], '5'),
    'a word that is not allowed': (copy) => set(copy, ['spec', 'template', 'spec', 'restartPolicy'], 'Sometimes'),
    'a missing selector': (copy) => set(copy, ['spec', 'selector'], undefined),
    'a quantity with a wrong unit': (copy) =>
      set(copy, ['spec', 'template', 'spec', 'containers', 0, 'resources', 'limits', 'memory'], '192MB'),
  };
  for (const [mistake, make] of Object.entries(broken)) {
    it(`find ${mistake}`, () => {
      const copy = structuredClone(deployment);
      make(copy as never);
      assert.notDeepEqual(problemsOf(JSON.parse(JSON.stringify(copy))), []);
    });
  }
});

describe('each object matches the schema of Kubernetes', () => {
  for (const file of [...FOLDERS.flatMap(filesOf), ...optionalFiles()]) {
    it(file, () => assert.deepEqual(problemsOf(readManifest(file).object), []));
  }
});

type Path = readonly (string | number)[];

function set(object: object, at: Path, value: unknown): void {
  const parent = at.slice(0, -1).reduce<unknown>((inner, key) => (inner as never)[key], object);
  (parent as Record<string | number, unknown>)[at.at(-1) ?? ''] = value;
}

function rename(object: object, at: Path, field: string): void {
  const parent = at.reduce<unknown>((inner, key) => (inner as never)[key], object) as Record<string, unknown>;
  parent[`${field}s`] = parent[field];
  delete parent[field];
}
