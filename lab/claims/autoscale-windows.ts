// What the two windows of the adapter's query are worth: the same step as the query sees it, and as its longest window alone
// would have.
import type { Figure } from '../figure';
import { askedAtMs, type LoadStep } from '../records/autoscaling';
import type { MeasuredClaim, Measurement } from '../records/claim';
import { type EventDetails, eventsOf } from '../records/event';
import type { RunData } from '../records/run-data';
import { sentWithin } from '../records/selection';

type Source = EventDetails['metric']['source'];

export interface StepSeen {
  readonly data: Pick<RunData, 'calls' | 'events'>;
  /** Undefined when it was not seen. */
  readonly step: LoadStep | undefined;
  /** From the first call of the new load until the Deployment asked for all pods, and until each had a call, ms. */
  readonly syncMs: number | undefined;
  readonly totalMs: number | undefined;
}

/** Scrape 5, window 10, two looks of the autoscaler 30, start and discovery 15. */
const REACTS_WITHIN_S = 60;
/** What an autoscaler may take of the time that it would take with the longest window alone. */
const OF_LONGEST = 0.6;
/** How often an autoscaler looks: --horizontal-pod-autoscaler-sync-period of the controller manager, its default. */
const LOOK_MS = 15_000;
/** The longest window of the adapter's query is 30 s: six scrapes, and so long from the first of them to the last. */
const LONGEST_MS = 25_000;
const BEFORE_MS = 10_000;
const SHOWN_MS = 60_000;
const EACH_MS = 1000;
const LINES: readonly (readonly [name: string, source: Source])[] = [
  ['shortest window alone', 'shortest-window'],
  ['longest window alone', 'longest-window'],
  ['the query', 'prometheus'],
];

export const REACTS: MeasuredClaim<StepSeen> = {
  id: 'reacts',
  text: 'From the first call of the new load until each new pod has had a call.',
  threshold: { atMost: REACTS_WITHIN_S },
  unit: 's',
  measure: ({ totalMs }) => ({ value: totalMs === undefined ? null : totalMs / 1000 }),
};

/** For where nothing acts on the metric: new pods have calls before Prometheus knows them, and all windows miss those. */
export const ASKS_SOONER: MeasuredClaim<StepSeen> = {
  id: 'asks-sooner',
  text: 'From the first call of the new load until the query shows how many pods are needed, relative to its longest window alone.',
  threshold: { atMost: OF_LONGEST },
  unit: 'ratio',
  measure: ({ data, step }) => {
    const [own, longest] = [afterMs(data, step, 'prometheus'), afterMs(data, step, 'longest-window')];
    return compared(own, longest);
  },
};

/**
 * With the longest window alone, the autoscaler would have asked for all pods at the first of its looks at which as many
 * calls as ask for them were sent within that window, if Prometheus knew each call at once; what comes after takes as long
 * as it took.
 */
export const REACTS_SOONER: MeasuredClaim<StepSeen> = {
  id: 'reacts-sooner',
  text: 'From the first call of the new load until each new pod has had a call, relative to what it takes with the longest window alone.',
  threshold: { atMost: OF_LONGEST },
  unit: 'ratio',
  measure: ({ data, step, syncMs, totalMs }) => {
    const longestMs = step === undefined ? undefined : sentEnoughMs(data.calls, step);
    if (longestMs === undefined || syncMs === undefined || totalMs === undefined) return { value: null };
    const looks = Math.ceil(Math.max(0, longestMs - syncMs) / LOOK_MS);
    return compared(totalMs, totalMs + looks * LOOK_MS);
  },
};

/** Nothing where the run has not recorded it. */
export function windowFigures({ data, step }: Pick<StepSeen, 'data' | 'step'>): readonly Figure[] {
  const isRecorded = eventsOf(data.events, 'metric').some(({ detail }) => detail?.source === 'longest-window');
  if (step === undefined || !isRecorded) return [];
  const span = { fromMs: step.atMs - BEFORE_MS, toMs: Math.min(step.untilMs, step.atMs + SHOWN_MS) };
  const seconds = Array.from({ length: Math.floor((span.toMs - span.fromMs) / EACH_MS) }, (_, index) => {
    const fromMs = span.fromMs + index * EACH_MS;
    return { atMs: fromMs + EACH_MS / 2, value: sentWithin(data.calls, { fromMs, toMs: fromMs + EACH_MS }).length };
  });
  return [
    {
      kind: 'series',
      id: 'windows',
      title: 'The query shows a new load at once, and is steady otherwise',
      caption:
        'Calls per second: as they were sent, as the adapter’s query sees them over all pods, and as its windows alone ' +
        'would. New pods have calls before Prometheus knows them, so all see fewer for a while then.',
      axis: 'calls/s',
      span,
      marks: ['load-start'],
      series: [
        { name: 'sent', points: seconds },
        ...LINES.map(([name, source]) => ({ name, points: readBy(data, step.metric, source) })),
      ],
    },
  ];
}

function readBy({ events }: StepSeen['data'], metric: string, source: Source) {
  return eventsOf(events, 'metric')
    .filter(({ subject, detail }) => subject === metric && detail?.source === source)
    .map(({ atMs, detail }) => ({ atMs, value: (detail?.value ?? 0) * (detail?.pods ?? 1) }));
}

/** After how long the calls of the longest window ask for the last new pod, ms from the beginning of the step. */
function sentEnoughMs(calls: StepSeen['data']['calls'], { atMs, untilMs, above }: LoadStep): number | undefined {
  const enough = Math.floor((above * LONGEST_MS) / 1000) + 1;
  const sent = calls.map(({ sentMs }) => sentMs);
  const last = sent.find((sentMs, index) => {
    const first = sent[index - enough + 1];
    return sentMs >= atMs && sentMs <= untilMs && first !== undefined && sentMs - first < LONGEST_MS;
  });
  return last === undefined ? undefined : last - atMs;
}

function afterMs({ events }: StepSeen['data'], step: LoadStep | undefined, source: Source): number | undefined {
  const atMs = step === undefined ? undefined : askedAtMs(events, step, source);
  return step === undefined || atMs === undefined ? undefined : atMs - step.atMs;
}

function compared(own: number | undefined, longest: number | undefined): Measurement {
  if (own === undefined || longest === undefined) return { value: null };
  return { value: own / longest, detail: `${(own / 1000).toFixed(1)} s against ${(longest / 1000).toFixed(1)} s` };
}
