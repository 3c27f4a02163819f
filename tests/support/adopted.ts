// Runs adopt as its command line does, without a process of its own: what it wrote, what it printed, what it complained of.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parse } from 'yaml';
import { adopt } from '../../adopt/adopt';
import { parseOptions } from '../../adopt/options/options';
import type { Dashboard } from './dashboards';
import type { ConfigMap } from './kubernetes-objects';
import { ROOT } from './read-manifests';

export const SAMPLES = path.join(__dirname, '../unit/adopt/samples');
const GO = path.join(SAMPLES, 'go-orders');
const PYTHON = path.join(SAMPLES, 'python-images');

/** A service in Go as its team has it: a sidecar, a Service, labels `app:`, metrics, grpc.health.v1 for one name. */
export const GO_ORDERS = [
  ...['--proto', path.join(GO, 'orders.proto'), '--idempotent', 'Get*,List*', '--calls-per-pod', '50'],
  ...['--counter', 'grpc_server_handled_total{grpc_service!="grpc.health.v1.Health"}'],
  ...['--client-namespace', 'web,batch', path.join(GO, 'orders.yaml')],
];
/** A service in Python without a health service, metrics, probes or a Service. */
export const PYTHON_IMAGES = [
  ...['--proto', path.join(PYTHON, 'images.proto'), '--idempotent', 'Resize', '--slowest', '3s', '--health', 'none'],
  ...['--calls-per-pod', '2.5', path.join(PYTHON, 'deployment.yaml')],
];
/** What has to be said of the greeter of this project for adopt to give its own YAML back. */
export const GREETER = [
  ...['--proto', path.join(ROOT, 'proto/greeter.proto'), '--drains', '20s', '--cluster', 'greeter'],
  ...['--calls-per-pod', '0.3', '--calls-per-envoy', '0.3', '--replicas', '3-10'],
  ...['--counter', 'grpc_requests_total', '--health-uncounted'],
  ...['--client-namespace', 'grpc-client', '--client-selector', 'app.kubernetes.io/component=client'],
  ...['deployment.yaml', 'service.yaml'].map((file) => path.join(ROOT, 'grpc_server_k8s', file)),
];

export interface Adopted {
  readonly problems: readonly string[];
  /** What was printed. */
  readonly text: string;
  /** Text by path; empty when there were problems. */
  readonly files: ReadonlyMap<string, string>;
}

/** One run of adopt after the other into one new folder, which is gone afterwards. */
export async function adoptAll(runs: readonly (readonly string[])[], input = ''): Promise<Adopted> {
  const parent = mkdtempSync(path.join(tmpdir(), 'adopt-'));
  const out = path.join(parent, 'out');
  try {
    let last: Adopted = { problems: [], text: '', files: new Map() };
    for (const args of runs) {
      const { problems, text } = await adoptInto(out, args, input);
      last = { problems, text, files: readTree(out) };
    }
    return last;
  } finally {
    rmSync(parent, { recursive: true });
  }
}

/** One run of adopt into the folder `out`. */
export async function adoptInto(
  out: string,
  args: readonly string[],
  input = '',
): Promise<{ readonly problems: readonly string[]; readonly text: string }> {
  const parsed = parseOptions([...args, '--out', out]);
  if (parsed.kind === 'help') throw new Error('--help is no run');
  const problems = [...parsed.problems];
  let text = '';
  await adopt(parsed.options, problems, {
    root: ROOT,
    readInput: async () => input,
    out: (more) => {
      text += more;
    },
  });
  return { problems, text };
}

/** The text of a file. @throws Error when it was not written */
export function textOf({ files }: Adopted, file: string): string {
  const text = files.get(file);
  if (text === undefined) throw new Error(`expected ${file} among ${[...files.keys()].join(', ')}`);
  return text;
}

/** The object in a file, its fields as the test names them. */
export function objectOf<T>(adopted: Adopted, file: string): T {
  return parse(textOf(adopted, file)) as T;
}

/** The dashboards that were written. */
export function dashboardsOf({ files }: Adopted): Dashboard[] {
  return [...files]
    .filter(([file]) => /\/dashboard-(?!provider)/.test(file))
    .flatMap(([, text]) => Object.values((parse(text) as ConfigMap).data))
    .map((json) => JSON.parse(json) as Dashboard);
}

function readTree(directory: string): ReadonlyMap<string, string> {
  if (!existsSync(directory)) return new Map();
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = names.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name)).sort();
  return new Map(files.map((file) => [path.relative(directory, file), readFileSync(file, 'utf8')]));
}
