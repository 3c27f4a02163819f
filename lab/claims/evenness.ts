// What "evenly spread" means, as claims that several experiments share. They judge any calls, however balanced.
import { jainIndex } from '../../runtime/evenness';
import type { Call } from '../records/call';
import type { MeasuredClaim, Measurement } from '../records/claim';
import { answersBy, failed, inFlightAtSending } from '../records/selection';
import { roundRobinBound, spreadOf } from '../statistics/round-robin-bound';
import { type WorstWindow, worstWindow } from '../statistics/worst-window';

/** Jain's index of 10,000 calls that differ by one or two per pod; independent of how many pods there are. */
const LEAST_JAIN = 0.99999;

const WINDOW = 100;

/** One set of calls over one unchanging set of pods. */
export interface EvennessSample {
  readonly label: string;
  /** In the order in which they were sent. */
  readonly calls: readonly Call[];
  /** All pods that had to get calls. */
  readonly pods: readonly string[];
}

/**
 * Each is measured in all samples; the worst counts.
 * @param states round-robin states between the clients and the servers: Envoys with one worker each
 */
export function evenness<F>(
  states: number,
  samplesOf: (facts: F) => readonly EvennessSample[],
): readonly MeasuredClaim<F>[] {
  return [
    {
      id: 'max-minus-min',
      text: 'The numbers of calls per pod differ by at most one per round-robin state; each Envoy has one state.',
      threshold: { atMost: roundRobinBound(states) },
      unit: 'calls',
      measure: (facts) => worst(samplesOf(facts).map((sample) => measureCounts(sample, spreadOf))),
    },
    {
      id: 'jain',
      text: 'Jain’s index over all pods is practically 1.',
      threshold: { atLeast: LEAST_JAIN },
      unit: 'index',
      measure: (facts) =>
        worst(
          samplesOf(facts).map((sample) => measureCounts(sample, jainIndex)),
          -1,
        ),
    },
    {
      id: 'worst-window',
      text: 'In any 100 calls in a row every pod is equally close to its fair share, apart from calls in flight at either end.',
      threshold: { atMost: roundRobinBound(states) },
      unit: 'calls',
      measure: (facts) => worst(samplesOf(facts).map(measureWindow)),
    },
  ];
}

/** No call fails, counted over all samples. */
export function allAnswered<F>(text: string, callsOf: (facts: F) => readonly Call[]): MeasuredClaim<F> {
  return {
    id: 'failed',
    text,
    threshold: { equals: 0 },
    unit: 'calls',
    measure: (facts) => {
      const calls = callsOf(facts);
      return { value: failed(calls).length, detail: `of ${calls.length} calls` };
    },
  };
}

type SampleMeasurement = Measurement & { readonly value: number };

function measureCounts(sample: EvennessSample, measure: (counts: readonly number[]) => number): SampleMeasurement {
  const counts = [...answersBy(sample.calls, 'pod', sample.pods).values()];
  // Pods that nothing is known of cannot have been served evenly.
  return { value: sample.pods.length === 0 ? Number.NaN : measure(counts), detail: sizeOf(sample) };
}

function measureWindow(sample: EvennessSample): SampleMeasurement {
  const window = worstWindowOf(sample.calls, sample.pods);
  return {
    value: window?.deviation ?? Number.NaN,
    detail: window === undefined ? sizeOf(sample) : `${sample.label}: ${window.pod}, from call ${window.start + 1} on`,
  };
}

function sizeOf({ label, calls, pods }: EvennessSample): string {
  return `${label}: ${calls.length} calls over ${pods.length} pods`;
}

/**
 * Calls that were under way when a window began, or when it ended, may have been picked on its other side. Each of them
 * can move one pod's count by one, and the fair share by one n-th.
 */
function worstWindowOf(calls: readonly Call[], pods: readonly string[]): WorstWindow | undefined {
  const answered = calls.filter(({ code }) => code === 'OK');
  const inFlight = inFlightAtSending(answered);
  const allowance = (start: number) =>
    Math.max(inFlight[start] ?? 0, inFlight[start + WINDOW] ?? 0) * (1 + 1 / pods.length);
  return worstWindow(
    answered.map(({ pod }) => pod),
    pods,
    WINDOW,
    allowance,
  );
}

/** The largest value, or the smallest if `direction` is -1; a value that is not a number is the worst. */
function worst(measurements: readonly SampleMeasurement[], direction: 1 | -1 = 1): Measurement {
  const order = (value: number) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value * direction);
  const [first] = [...measurements].sort((left, right) => order(right.value) - order(left.value));
  return first ?? { value: null, detail: 'no calls were made' };
}
