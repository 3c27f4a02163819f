// What the document says of one experiment: its newest run on each backend, which figures speak for it, and what became
// of its mutations. Knows nothing of Markdown and files.
import type { Experiment, Mutation } from '../experiment';
import type { Backend, Params } from '../records/params';
import { standingClaims, type Verdict } from '../records/verdict';
import type { DrawnFigure } from './drawn-figure';
import { imageName } from './image-name';
import { mutationName, newestBrokenRuns, newestRuns } from './newest-runs';

export interface DocumentedRun {
  readonly params: Params;
  readonly verdict: Verdict;
  readonly figures: readonly DocumentedFigure[];
}

export type DocumentedFigure = Pick<DrawnFigure, 'id' | 'kind' | 'title' | 'caption' | 'file'>;

export interface DocumentedExperiment {
  readonly name: string;
  readonly question: string;
  readonly hypothesis: string;
  /** Where it is asked, `local` first. */
  readonly backends: readonly Backend[];
  /** A backend without a run is absent. */
  readonly runs: ReadonlyMap<Backend, DocumentedRun>;
  readonly figures: readonly ShownFigure[];
  readonly mutations: readonly DocumentedMutation[];
}

export interface ShownFigure extends DocumentedFigure {
  readonly backend: Backend;
  readonly fileName: string;
}

export interface DocumentedMutation extends Pick<Mutation, 'name' | 'text' | 'mustFail' | 'backends'> {
  /** A backend without a run is absent. */
  readonly outcomes: ReadonlyMap<Backend, MutationOutcome>;
}

export interface MutationOutcome {
  readonly quick: boolean;
  /** Claims that had to fail and hold: with none, the mutation was noticed. */
  readonly standing: readonly string[];
}

/** In this order wherever both are shown. */
export const BACKEND_ORDER: readonly Backend[] = ['local', 'cluster'];

/** @param runs in the order of time. @returns one for each of `experiments`, in their order, whether it ran or not */
export function documentExperiments(
  experiments: readonly Experiment[],
  runs: readonly DocumentedRun[],
): readonly DocumentedExperiment[] {
  const [honest, broken] = [newestRuns(runs), newestBrokenRuns(runs)];
  return experiments.map((experiment) => {
    const { name } = experiment;
    const own = byBackend(honest.filter(({ params }) => params.experiment === name));
    // Question and hypothesis as they stood when it was measured.
    const { question, hypothesis } = [...own.values()][0]?.params ?? experiment;
    return {
      name,
      question,
      hypothesis,
      backends: BACKEND_ORDER.filter((backend) => experiment.backends.includes(backend) || own.has(backend)),
      runs: own,
      figures: shownFigures(name, own),
      mutations: experiment.mutations.map((mutation) =>
        documentMutation(
          mutation,
          broken.filter(({ params }) => params.experiment === name && mutationName(params) === mutation.name),
        ),
      ),
    };
  });
}

/**
 * The first figure of the first backend. Where pods follow a load, that of each: what drives them is built otherwise on
 * each backend, while everything else looks the same on both.
 */
function shownFigures(name: string, runs: ReadonlyMap<Backend, DocumentedRun>): readonly ShownFigure[] {
  const firsts = [...runs].flatMap(
    ([
      backend,
      {
        figures: [figure],
      },
    ]): ShownFigure[] =>
      figure === undefined
        ? []
        : [{ ...figure, backend, fileName: imageName({ experiment: name, backend }, figure.id) }],
  );
  return firsts.filter(({ kind }, index) => index === 0 || kind === 'replicas');
}

function documentMutation(
  { name, text, mustFail, backends }: Mutation,
  runs: readonly DocumentedRun[],
): DocumentedMutation {
  const outcomes = [...byBackend(runs)].map(
    ([backend, { params, verdict }]) =>
      [backend, { quick: params.quick, standing: standingClaims(verdict, mustFail) }] as const,
  );
  return { name, text, mustFail, backends, outcomes: new Map(outcomes) };
}

function byBackend(runs: readonly DocumentedRun[]): ReadonlyMap<Backend, DocumentedRun> {
  return new Map(
    BACKEND_ORDER.flatMap((backend) => {
      const run = runs.find(({ params }) => params.backend === backend);
      return run === undefined ? [] : [[backend, run] as const];
    }),
  );
}
