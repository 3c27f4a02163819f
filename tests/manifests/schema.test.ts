// Every object against the types of a real Kubernetes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CUSTOM_TYPES, KUBERNETES_VERSION, problemsOf } from '../support/kubernetes-schema';
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

describe('the types of KEDA and of the Prometheus Operator', () => {
  it('are of releases that are named', () => {
    for (const { from } of CUSTOM_TYPES) assert.match(from ?? '', /^github\.com\/.+@v\d+\.\d+\.\d+$/);
  });

  const scaled = readManifest('grpc_server_k8s/keda/scaledobject.yaml').object;
  const monitor = readManifest('prometheus_k8s/operator/podmonitor.yaml').object;
  const broken: Readonly<Record<string, readonly [object: object, at: Path, value: unknown]>> = {
    'a trigger without a type': [scaled, ['spec', 'triggers', 0, 'type'], undefined],
    'a threshold that is a number': [scaled, ['spec', 'triggers', 0, 'metadata', 'threshold'], 0.3],
    'a misspelt limit': [scaled, ['spec', 'maxReplicas'], 10],
    'a misspelt field far inside': [monitor, ['spec', 'podMetricsEndpoints', 0, 'relabelings', 0, 'target_label'], 'x'],
    'a word that is not allowed': [monitor, ['spec', 'podMetricsEndpoints', 0, 'scheme'], 'grpc'],
  };
  for (const [mistake, [object, at, value]] of Object.entries(broken)) {
    it(`find ${mistake}`, () => {
      const copy = structuredClone(object);
      set(copy, at, value);
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
