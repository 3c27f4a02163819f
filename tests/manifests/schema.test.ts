// Every object against the types of a real Kubernetes (schema/, made by `npm run schema`): names of fields, their types,
// what is required, which words are allowed. An unknown field is an error, as with `kubectl apply --validate=strict`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import Ajv, { type AnySchemaObject, type ValidateFunction } from 'ajv';
import type { KubernetesObject } from '../support/kubernetes-objects';
import { FOLDERS, filesOf, optionalFiles, readManifest } from '../support/read-manifests';

interface Definition {
  readonly name: string;
  readonly kinds: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
  readonly schema: AnySchemaObject;
}

const [head = '', ...lines] = readFileSync(path.join(__dirname, 'schema/kubernetes.ndjson'), 'utf8').trim().split('\n');
const definitions = lines.map((line) => JSON.parse(line) as Definition);
const QUANTITY = '^[+-]?(\\d+|\\d+\\.\\d*|\\.\\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\\d+)?$';

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({
  $id: 'kubernetes',
  components: { schemas: Object.fromEntries(definitions.map(({ name, schema }) => [name, tighten(name, schema)])) },
});

/** The published types leave unknown fields and the form of quantities to the API server's own code. */
function tighten(name: string, schema: AnySchemaObject): AnySchemaObject {
  if (name.endsWith('.resource.Quantity')) return { type: 'string', pattern: QUANTITY };
  return schema.properties === undefined ? schema : { additionalProperties: false, ...schema };
}

function validatorOf({ apiVersion, kind }: KubernetesObject): ValidateFunction | undefined {
  const definition = definitions.find(({ kinds }) =>
    kinds.some((known) => known.kind === kind && apiVersion === [known.group, known.version].filter(Boolean).join('/')),
  );
  return definition && ajv.getSchema(`kubernetes#/components/schemas/${definition.name}`);
}

function problemsOf(object: KubernetesObject): string[] {
  const validate = validatorOf(object);
  if (validate === undefined)
    return [`${object.apiVersion} ${object.kind}: not a type of Kubernetes that is known here`];
  if (validate(object)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`;
  });
}

describe('the types of Kubernetes', () => {
  it('come from the release that the project is tested with', () => {
    assert.match(JSON.parse(head).kubernetes, /^v1\.35\.\d+$/);
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
