// Two sets of runs side by side, claim by claim: what holds now that did not, and what moved by how much.
import type { Claim, ClaimResult } from '../records/claim';
import type { Params } from '../records/params';
import type { Verdict } from '../records/verdict';
import { newestRuns, runKey } from './newest-runs';

export interface JudgedRun {
  readonly params: Params;
  readonly verdict: Verdict;
}

/**
 * - `same`: holds on both sides, or on neither   - `mended`: only on the right   - `broken`: only on the left
 * - `left-only`, `right-only`: claimed on one side only
 */
export type Change = 'same' | 'mended' | 'broken' | 'left-only' | 'right-only';

export interface ComparedClaim {
  readonly experiment: string;
  readonly backend: Params['backend'];
  readonly id: string;
  readonly text: string;
  readonly unit: Claim['unit'];
  readonly left: ClaimResult | undefined;
  readonly right: ClaimResult | undefined;
  /** right − left, in the unit; undefined where either was not measured. */
  readonly difference: number | undefined;
  /** right / left; undefined where either was not measured, or left is 0. */
  readonly ratio: number | undefined;
  readonly change: Change;
  /** Both runs did the same amount of everything; otherwise numbers may differ for that reason alone. */
  readonly haveEqualSizes: boolean;
}

/** Compares the newest run of each experiment and backend; both lists in the order of time. */
export function compareRuns(left: readonly JudgedRun[], right: readonly JudgedRun[]): readonly ComparedClaim[] {
  const [lefts, rights] = [byKey(left), byKey(right)];
  return [...new Set([...lefts.keys(), ...rights.keys()])].flatMap((key) =>
    compareRun(lefts.get(key), rights.get(key)),
  );
}

function byKey(runs: readonly JudgedRun[]): ReadonlyMap<string, JudgedRun> {
  return new Map(newestRuns(runs).map((run) => [runKey(run.params), run]));
}

function compareRun(left: JudgedRun | undefined, right: JudgedRun | undefined): readonly ComparedClaim[] {
  const params = left?.params ?? right?.params;
  if (params === undefined) return [];
  const [lefts, rights] = [claimsById(left), claimsById(right)];
  const haveEqualSizes = JSON.stringify(left?.params.sizes) === JSON.stringify(right?.params.sizes);
  return [...new Set([...lefts.keys(), ...rights.keys()])].map((id) => ({
    experiment: params.experiment,
    backend: params.backend,
    haveEqualSizes,
    ...compareClaim(lefts.get(id), rights.get(id)),
  }));
}

function claimsById(run: JudgedRun | undefined): ReadonlyMap<string, ClaimResult> {
  return new Map((run?.verdict.claims ?? []).map((claim) => [claim.id, claim]));
}

function compareClaim(
  left: ClaimResult | undefined,
  right: ClaimResult | undefined,
): Omit<ComparedClaim, 'experiment' | 'backend' | 'haveEqualSizes'> {
  const { id, text, unit } = (right ?? left) as ClaimResult;
  const [before, after] = [left?.measured ?? undefined, right?.measured ?? undefined];
  const areBoth = before !== undefined && after !== undefined;
  return {
    id,
    text,
    unit,
    left,
    right,
    difference: areBoth ? after - before : undefined,
    ratio: areBoth && before !== 0 ? after / before : undefined,
    change: changeOf(left, right),
  };
}

function changeOf(left: ClaimResult | undefined, right: ClaimResult | undefined): Change {
  if (left === undefined) return 'right-only';
  if (right === undefined) return 'left-only';
  if (left.pass === right.pass) return 'same';
  return right.pass ? 'mended' : 'broken';
}
