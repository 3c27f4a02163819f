// `npm run schema`: asks the API server of the current kubectl context for the types of the objects that our YAML uses,
// and writes them to tests/manifests/schema/, so that the YAML can be checked with no cluster at hand.
// One definition per line: {"name", "kinds", "schema"}; prose is left out.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';

const TARGET = path.join(__dirname, '../tests/manifests/schema/kubernetes.ndjson');
const KINDS: Readonly<Record<string, readonly string[]>> = {
  'api/v1': ['ConfigMap', 'Namespace', 'Service', 'ServiceAccount'],
  'apis/apps/v1': ['Deployment'],
  'apis/autoscaling/v2': ['HorizontalPodAutoscaler'],
  'apis/policy/v1': ['PodDisruptionBudget'],
  'apis/networking.k8s.io/v1': ['NetworkPolicy'],
  'apis/rbac.authorization.k8s.io/v1': ['ClusterRoleBinding', 'Role', 'RoleBinding'],
  'apis/apiregistration.k8s.io/v1': ['APIService'],
};
const GROUP_VERSION_KIND = 'x-kubernetes-group-version-kind';
/** Prose, defaults and hints for merging say nothing about what is valid. */
const LEFT_OUT = /^(description|default|x-kubernetes-.*)$/;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = { readonly [key: string]: Json };
interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

function main(): void {
  const definitions = new Map<string, { kinds: readonly GroupVersionKind[]; schema: Json }>();
  for (const [groupVersion, kinds] of Object.entries(KINDS)) {
    const schemas = fetchSchemas(groupVersion);
    const wanted = Object.keys(schemas).filter((name) =>
      kindsOf(schemas, name).some(
        ({ group, version, kind }) => kinds.includes(kind) && groupVersion.endsWith(`${group || 'api'}/${version}`),
      ),
    );
    for (const name of wanted) addWithReferences(definitions, schemas, name);
  }
  const version = JSON.parse(kubectl('version', '--output=json')).serverVersion.gitVersion;
  const lines = [...definitions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, rest]) => ({ name, ...rest }));
  const text = [{ kubernetes: version }, ...lines].map((line) => JSON.stringify(line)).join('\n');
  writeFileSync(TARGET, `${text}\n`);
  process.stdout.write(`${path.relative(process.cwd(), TARGET)}: ${lines.length} types of Kubernetes ${version}\n`);
}

function addWithReferences(
  into: Map<string, { kinds: readonly GroupVersionKind[]; schema: Json }>,
  schemas: Readonly<Record<string, Schema>>,
  name: string,
): void {
  const schema = schemas[name];
  if (schema === undefined || into.has(name)) return;
  const text = JSON.stringify(schema, (key, value) => (isProse(key, value) ? undefined : value));
  into.set(name, { kinds: kindsOf(schemas, name), schema: JSON.parse(text) });
  for (const [, reference = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    addWithReferences(into, schemas, reference);
  }
}

/** A property may be called "description" or "default" as well; then its value is a schema. */
function isProse(key: string, value: unknown): boolean {
  return LEFT_OUT.test(key) && !(typeof value === 'object' && value !== null && ('type' in value || '$ref' in value));
}

function kindsOf(schemas: Readonly<Record<string, Schema>>, name: string): readonly GroupVersionKind[] {
  return (schemas[name]?.[GROUP_VERSION_KIND] ?? []) as unknown as readonly GroupVersionKind[];
}

function fetchSchemas(groupVersion: string): Readonly<Record<string, Schema>> {
  return JSON.parse(kubectl('get', '--raw', `/openapi/v3/${groupVersion}`)).components.schemas;
}

function kubectl(...args: string[]): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

main();
