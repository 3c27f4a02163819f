// What an experiment is: a question, claims whose thresholds stand before the run, the steps, and the reading of the data.
// Types only. Steps use nothing but the system and the recorder; the reading uses nothing but the data.
import type { Figure } from './figure';
import type { Claim, ClaimResult } from './records/claim';
import type { Backend, Sizes } from './records/params';
import type { Recorder } from './records/recorder';
import type { RunData } from './records/run-data';
import type { Random } from './statistics/seeded-random';
import type { System } from './system/system';
import type { SystemChange } from './system/system-change';
import type { Need } from './system/system-factory';

export interface Experiment<S extends Sizes = Sizes> {
  /** kebab-case, as on the command line. */
  readonly name: string;
  /** One sentence that ends in a question mark. */
  readonly question: string;
  /** What is expected and why, in one or two sentences. */
  readonly hypothesis: string;
  readonly backends: readonly Backend[];
  /** What it needs; default nothing. */
  readonly needs?: Readonly<Partial<Record<Backend, readonly Need[]>>>;
  /** How much it does; `quick` is for CI. */
  readonly sizes: { readonly full: S; readonly quick: S };
  /** The claims of a run of this size. Thresholds that depend on counts are derived from the sizes here. */
  claims(sizes: S, backend: Backend): readonly Claim[];
  /** How long a run takes, ms, for the display of time left. */
  expectedMs(sizes: S, backend: Backend): number;
  /** The steps. Rejects when the run could not be carried out, never because a claim does not hold. */
  run(system: System, recorder: Recorder, sizes: S, context: RunContext): Promise<void>;
  /** Judges `data.params.claims` by the data alone: the same files give the same results, years later. */
  evaluate(data: RunData<S>): readonly ClaimResult[];
  /** Which charts a reader needs, and with which options, in the order of reading. */
  figures(data: RunData<S>): readonly Figure[];
  /** Ways to break the mechanism behind the claims. */
  readonly mutations: readonly Mutation[];
}

export interface RunContext {
  /** Seeded by params.seed: the only source of chance in a run. */
  readonly random: Random;
  /** Aborts when the run is to end early; waits of the experiment's own must end with it. */
  readonly signal: AbortSignal;
  /** Waits `ms`, or rejects as soon as `signal` aborts. */
  readonly pause: (ms: number) => Promise<void>;
}

export interface Mutation {
  /** kebab-case, unique within the experiment. */
  readonly name: string;
  /** What is broken, as a sentence. */
  readonly text: string;
  readonly backends: readonly Backend[];
  readonly change: SystemChange;
  /** The claims that must fail now. A mutation that leaves one of them standing was not noticed. */
  readonly mustFail: readonly string[];
}
