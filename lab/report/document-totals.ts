// How many experiments hold and how many mutations were noticed, of those that a document is about.
import type { Backend } from '../records/params';
import { BACKEND_ORDER, type DocumentedExperiment } from './documented-experiment';

export interface BackendTotals {
  readonly backend: Backend;
  /** How many experiments are asked there. */
  readonly asked: number;
  readonly holding: readonly string[];
  readonly failing: readonly string[];
  readonly notRun: readonly string[];
  /** As `EXPERIMENT NAME`. */
  readonly mutations: {
    readonly noticed: readonly string[];
    readonly missed: readonly string[];
    readonly notRun: readonly string[];
  };
}

export function totalsOf(experiments: readonly DocumentedExperiment[]): readonly BackendTotals[] {
  return BACKEND_ORDER.map((backend) => {
    const asked = experiments.filter(({ backends }) => backends.includes(backend));
    const named = (wanted: boolean | undefined) =>
      asked.filter(({ runs }) => runs.get(backend)?.verdict.pass === wanted).map(({ name }) => name);
    const mutations = experiments.flatMap(({ name: experiment, mutations: own }) =>
      own
        .filter(({ backends }) => backends.includes(backend))
        .map(({ name, outcomes }) => ({ name: `${experiment} ${name}`, outcome: outcomes.get(backend) })),
    );
    const broken = (wanted: boolean | undefined) =>
      mutations
        .filter(({ outcome }) => (outcome === undefined ? undefined : outcome.standing.length === 0) === wanted)
        .map(({ name }) => name);
    return {
      backend,
      asked: asked.length,
      holding: named(true),
      failing: named(false),
      notRun: named(undefined),
      mutations: { noticed: broken(true), missed: broken(false), notRun: broken(undefined) },
    };
  }).filter(({ asked }) => asked > 0);
}

/** `On local 18 of 21 experiments hold, 1 does not, 2 were not run; of 27 mutations 25 were noticed, 2 not run.` */
export function totalsText({ backend, asked, holding, failing, notRun, mutations }: BackendTotals): string {
  const { noticed, missed } = mutations;
  const broken = noticed.length + missed.length + mutations.notRun.length;
  const some = (count: number, text: string) => (count === 0 ? [] : [`${count} ${text}`]);
  const held = [
    `${holding.length} of ${asked} experiments hold`,
    ...some(failing.length, failing.length === 1 ? 'does not' : 'do not'),
    ...some(notRun.length, notRun.length === 1 ? 'was not run' : 'were not run'),
  ];
  const found = [
    `${noticed.length} ${noticed.length === 1 ? 'was' : 'were'} noticed`,
    ...some(missed.length, 'not noticed'),
    ...some(mutations.notRun.length, 'not run'),
  ];
  const mutated = noticed.length + missed.length === 0 ? 'none was run' : found.join(', ');
  return `On ${backend} ${held.join(', ')}${broken === 0 ? '' : `; of ${broken} mutations ${mutated}`}.`;
}
