// params.json: everything about a run that was fixed before it began, enough to repeat it and to judge it.
import type { Claim } from './claim';
import { RecordError } from './record-error';

export type Backend = 'local' | 'cluster';

/** How much of everything an experiment does: counts, durations, lists of pod numbers. Flat, so that it prints. */
export type Sizes = Readonly<Record<string, number | string | readonly number[]>>;

export interface Params<S extends Sizes = Sizes> {
  /** The version of these formats. */
  readonly format: 1;
  readonly experiment: string;
  readonly backend: Backend;
  readonly quick: boolean;
  readonly question: string;
  readonly hypothesis: string;
  /** With the thresholds as they stood before the run. */
  readonly claims: readonly Claim[];
  readonly sizes: S;
  /** What was broken on purpose, and that the run was therefore meant to fail; absent for an honest run. */
  readonly mutation?: string;
  /** Repeats the random choices of the run. */
  readonly seed: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The command line that repeats the run. */
  readonly command: string;
  /** Of this project; ends in `+changes` when the tree was not clean. */
  readonly commit: string;
  /** `node`, `envoy`, `@grpc/grpc-js`, `kubernetes`, … by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Machine;
}

export interface Machine {
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryBytes: number;
  /** Kernel and architecture: `Linux 6.1.0 x64`. */
  readonly system: string;
}

const REQUIRED: Readonly<
  Record<keyof Omit<Params, 'format' | 'mutation'>, 'string' | 'boolean' | 'number' | 'object'>
> = {
  experiment: 'string',
  backend: 'string',
  quick: 'boolean',
  question: 'string',
  hypothesis: 'string',
  claims: 'object',
  sizes: 'object',
  seed: 'number',
  startedAt: 'string',
  command: 'string',
  commit: 'string',
  versions: 'object',
  machine: 'object',
};

/** @throws RecordError naming `where` and the field that is missing or of another type. */
export function parseParams(value: unknown, where: string): Params {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (fields.format !== 1) throw new RecordError(where, 'format to be 1', fields.format);
  for (const [field, type] of Object.entries(REQUIRED)) {
    const got = fields[field];
    const kind: string = typeof got;
    if (kind !== type || got === null) throw new RecordError(where, `${field} to be of type ${type}`, got);
  }
  return value as Params;
}
