// The params.json of a run that never happened: equal on every machine.
import type { Experiment } from '../../lab/experiment';
import type { Backend, Params, Sizes } from '../../lab/records/params';
import { START_MS } from './synthetic-run';

export interface SyntheticConditions {
  /** Default local. */
  readonly backend?: Backend;
  /** When it started: s after the first synthetic run; default 0. */
  readonly afterS?: number;
}

export function syntheticParams<S extends Sizes>(
  experiment: Experiment<S>,
  sizes: S,
  { backend = 'local', afterS = 0 }: SyntheticConditions = {},
): Params<S> {
  return {
    format: 1,
    experiment: experiment.name,
    backend,
    quick: false,
    question: experiment.question,
    hypothesis: experiment.hypothesis,
    claims: experiment.claims(sizes, backend),
    sizes,
    seed: 20260301,
    startedAt: new Date(START_MS + afterS * 1000).toISOString(),
    command: `npm run lab -- run ${experiment.name} --on ${backend} --seed 20260301`,
    commit: '3b5d03f2c4',
    versions: {
      node: '20.20.2',
      envoy: '1.40.0',
      '@grpc/grpc-js': '1.14.7',
      ...(backend === 'cluster' && { kubernetes: '1.35.4' }),
    },
    machine: { cpus: 2, cpuModel: 'Synthetic CPU', memoryBytes: 24 * 2 ** 30, system: 'Linux 6.1.0 x64' },
  };
}
