// `npm run schema:crds`: takes the types of the optional objects that belong to other projects from those projects' own
// releases, by Go's module proxy, and writes them to tests/manifests/schema/custom.ndjson. One line per type, prose left
// out: {"name", "kinds", "schema"}, as fetch-kubernetes-schema.ts writes the types of Kubernetes.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseYaml } from '../manifest-reader/yaml-document';

const TARGET = path.join(__dirname, '../tests/manifests/schema/custom.ndjson');

/** Each release, and the definition in it. */
const SOURCES = [
  { module: 'github.com/kedacore/keda/v2', version: 'v2.18.1', file: 'config/crd/bases/keda.sh_scaledobjects.yaml' },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.80.1',
    file: 'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
  },
] as const;

/** Prose, defaults and hints for merging say nothing about what is valid. */
const LEFT_OUT = /^(description|default|x-kubernetes-.*)$/;

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: object } }[];
  };
}

function main(): void {
  const lines = SOURCES.flatMap(({ module, version, file }) => {
    const { Dir: folder } = JSON.parse(download(module, version)) as { readonly Dir: string };
    const { spec } = parseYaml(readFileSync(path.join(folder, file), 'utf8')) as Definition;
    return spec.versions.map(({ name, schema }) => ({
      name: `${spec.group}.${name}.${spec.names.kind}`,
      from: `${module}@${version}`,
      kinds: [{ group: spec.group, version: name, kind: spec.names.kind }],
      schema: withoutProse(schema.openAPIV3Schema),
    }));
  });
  writeFileSync(TARGET, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  process.stdout.write(`${path.relative(process.cwd(), TARGET)}: ${lines.length} types\n`);
}

/** What `go mod download` says; Go checks the sum of what it got. @throws when there is no Go, or no such version */
function download(module: string, version: string): string {
  return execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], { encoding: 'utf8' });
}

/** A field may be called "description" or "default" itself, so names of fields are kept. */
function withoutProse(schema: object): unknown {
  const clean = (value: unknown, isNamed: boolean): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => clean(item, false));
    const entries = Object.entries(value).filter(([key]) => isNamed || !LEFT_OUT.test(key));
    return Object.fromEntries(entries.map(([key, item]) => [key, clean(item, !isNamed && key === 'properties')]));
  };
  return clean(schema, false);
}

main();
