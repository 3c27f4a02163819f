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
