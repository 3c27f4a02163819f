// The types of a real Kubernetes (tests/manifests/schema/, made by `npm run schema`): names of fields, their types, what is
// required, which words are allowed. An unknown field is an error, as with `kubectl apply --validate=strict`.
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import Ajv, { type AnySchemaObject, type ValidateFunction } from 'ajv';
import type { KubernetesObject } from './kubernetes-objects';

interface Definition {
  readonly name: string;
  /** The release that it comes from, if it is not a type of Kubernetes. */
  readonly from?: string;
  readonly kinds: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
  readonly schema: AnySchemaObject;
}

const SCHEMAS = path.join(__dirname, '../manifests/schema');
const linesOf = (file: string) => readFileSync(path.join(SCHEMAS, file), 'utf8').trim().split('\n');
const readLine = (line: string) => JSON.parse(line) as Definition;

const [head = '', ...lines] = linesOf('kubernetes.ndjson');
/** The release that the types are of: `v1.35.0`. */
export const KUBERNETES_VERSION: string = JSON.parse(head).kubernetes;

/** Types of other projects, whose objects are optional (`npm run schema:crds`). Their types are written in one piece. */
export const CUSTOM_TYPES: readonly Definition[] = linesOf('custom.ndjson').map(readLine);

const definitions = [...lines.map(readLine), ...CUSTOM_TYPES.map((each) => ({ ...each, schema: closed(each.schema) }))];

/** The same with no field allowed that it does not name, however deep. */
function closed(schema: AnySchemaObject): AnySchemaObject {
  const inside = Object.entries(schema.properties ?? {}).map(([name, each]) => [name, closed(each as AnySchemaObject)]);
  return {
    ...schema,
    ...(schema.properties !== undefined && { properties: Object.fromEntries(inside), additionalProperties: false }),
    ...(schema.items !== undefined && { items: closed(schema.items) }),
  };
}

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

/** One sentence each; none when the API server would take the object. */
export function problemsOf(object: KubernetesObject): string[] {
  const validate = validatorOf(object);
  if (validate === undefined)
    return [`${object.apiVersion} ${object.kind}: not a type of Kubernetes that is known here`];
  if (validate(object)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`;
  });
}
