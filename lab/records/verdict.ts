// verdict.json: what became of each claim of a run. A pure function of the three raw files.
import type { ClaimResult } from './claim';
import type { Params } from './params';

export interface Verdict {
  readonly experiment: string;
  readonly backend: Params['backend'];
  readonly quick: boolean;
  /** Absent for an honest run; otherwise the run had to fail. */
  readonly mutation?: string;
  readonly claims: readonly ClaimResult[];
  /** Every claim passed, and there was one. */
  readonly pass: boolean;
}

export function verdictOf({ experiment, backend, quick, mutation }: Params, claims: readonly ClaimResult[]): Verdict {
  return {
    experiment,
    backend,
    quick,
    ...(mutation !== undefined && { mutation }),
    claims,
    pass: claims.length > 0 && claims.every(({ pass }) => pass),
  };
}

/**
 * The claims that hold although the mechanism behind them was broken: with none, the mutation was noticed. A claim that
 * the run does not have proves as little as one that holds.
 */
export function standingClaims({ claims }: Pick<Verdict, 'claims'>, mustFail: readonly string[]): readonly string[] {
  return mustFail.filter((wanted) => claims.find(({ id }) => id === wanted)?.pass !== false);
}
