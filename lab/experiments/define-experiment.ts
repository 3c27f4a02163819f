// Makes an experiment of what its author writes: how the facts are read from a run, and claims that measure themselves.

import type { Experiment } from '../experiment';
import { judge, type MeasuredClaim } from '../records/claim';
import type { Backend, Sizes } from '../records/params';
import type { RunData } from '../records/run-data';

export interface ExperimentDefinition<S extends Sizes, F> extends Omit<Experiment<S>, 'claims' | 'evaluate'> {
  /** What the claims of a run are measured from, found in its data once. */
  read(data: RunData<S>): F;
  /** The claims of a run of this size, each with its measure. */
  claims(sizes: S, backend: Backend): readonly MeasuredClaim<F>[];
}

export function defineExperiment<S extends Sizes, F>({
  read,
  claims,
  ...others
}: ExperimentDefinition<S, F>): Experiment<S> {
  return {
    ...others,
    claims: (sizes, backend) => claims(sizes, backend).map(({ measure, ...claim }) => claim),
    evaluate: (data) => {
      const { claims: stored, sizes, backend } = data.params;
      const facts = read(data);
      // What was claimed only later says nothing of this run: nothing was promised before it.
      const claimed = claims(sizes, backend).filter(({ id }) => stored.some((claim) => claim.id === id));
      const measurements = claimed.map(({ id, measure }) => [id, measure(facts)] as const);
      // The thresholds are those that were written down before the run, whatever the code says today.
      return judge(stored, Object.fromEntries(measurements));
    },
  };
}
