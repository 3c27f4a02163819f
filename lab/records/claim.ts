// A claim: a sentence with a threshold that was fixed before the run. Whether it holds is computed here and nowhere else.

export type Threshold =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly equals: number }
  | { readonly between: readonly [low: number, high: number] }
  /** Measured and shown, but nothing is promised. */
  | { readonly reported: true };

/**
 * - `share` 0–1, shown as %   - `points` a difference of shares, shown as percentage points
 * - `ratio` shown with ×      - `index` a bare number      - the others as they are called
 */
export type Unit =
  | 'calls'
  | 'claims'
  | 'events'
  | 'pods'
  | 'streams'
  | 'clients'
  | 'attempts'
  | 'ms'
  | 's'
  | 'ms/call'
  | 'calls/s'
  | 'MB/min'
  | 'descriptors/min'
  | 'share'
  | 'points'
  | 'ratio'
  | 'index';

export interface Claim {
  /** Unique within its experiment, kebab-case. */
  readonly id: string;
  /** One sentence that is true if the claim holds; without the numbers of the threshold. */
  readonly text: string;
  readonly threshold: Threshold;
  readonly unit: Unit;
  /** `interval`: the whole interval of the measurement must satisfy the threshold. Default: the estimate. */
  readonly judgedBy?: 'estimate' | 'interval';
}

export interface Measurement {
  /** null (and any number that is not finite): it could not be measured, and the claim fails. */
  readonly value: number | null;
  readonly interval?: { readonly low: number; readonly high: number };
  /** One line: counts behind the number, the worst case, what was excluded. */
  readonly detail?: string;
  /** A limit that follows from the data (a theory's interval for the counts seen); replaces the claim's. */
  readonly threshold?: Threshold;
}

/** A claim that knows how to measure itself in the facts of a run. A run's folder keeps the claim alone. */
export interface MeasuredClaim<F> extends Claim {
  readonly measure: (facts: F) => Measurement;
}

export interface ClaimResult extends Claim {
  readonly measured: number | null;
  readonly interval?: { readonly low: number; readonly high: number };
  readonly detail?: string;
  readonly pass: boolean;
}

/**
 * Puts each claim and its measurement together.
 * @throws Error when a claim has no measurement or a measurement no claim: neither may be forgotten silently
 */
export function judge(
  claims: readonly Claim[],
  measurements: Readonly<Record<string, Measurement>>,
): readonly ClaimResult[] {
  const ids = new Set(claims.map(({ id }) => id));
  const unknown = Object.keys(measurements).filter((id) => !ids.has(id));
  const missing = [...ids].filter((id) => measurements[id] === undefined);
  if (unknown.length + missing.length > 0) {
    throw new Error(`cannot judge: without measurement "${missing}", without claim "${unknown}"`);
  }
  return claims.map((claim) => judgeOne(claim, measurements[claim.id] as Measurement));
}

/** Whether `value` is within the threshold. */
export function satisfies(threshold: Threshold, value: number): boolean {
  if ('atMost' in threshold) return value <= threshold.atMost;
  if ('atLeast' in threshold) return value >= threshold.atLeast;
  if ('equals' in threshold) return value === threshold.equals;
  if ('between' in threshold) return value >= threshold.between[0] && value <= threshold.between[1];
  return Number.isFinite(value);
}

function judgeOne(claim: Claim, { value, interval, detail, threshold = claim.threshold }: Measurement): ClaimResult {
  const measured = value !== null && Number.isFinite(value) ? value : null;
  const judged =
    claim.judgedBy === 'interval' ? [interval?.low ?? Number.NaN, interval?.high ?? Number.NaN] : [measured];
  const pass = measured !== null && judged.every((number) => number !== null && satisfies(threshold, number));
  return {
    ...claim,
    threshold,
    measured,
    ...(interval !== undefined && { interval }),
    ...(detail !== undefined && { detail }),
    pass,
  };
}
