// Are the Envoys themselves balanced, and found, when their number changes?
import { noneFails } from '../claims/failed-calls';
import { inServiceAt, readyWithin } from '../claims/in-service';
import { loadOverlaps } from '../claims/load-overlap';
import { firstCallAfterMs } from '../records/arrival';
import type { MeasuredClaim, Measurement } from '../records/claim';
import { eventsOf, type RunEvent } from '../records/event';
import { type Phase, phasesOf } from '../records/phases';
import type { RunData } from '../records/run-data';
import { answersBy, sentWithin, type TimeSpan } from '../records/selection';
import { underLoad } from '../steps/under-load';
import { POD_CHANGE, SETTLING } from '../steps/waits';
import { defineExperiment } from './define-experiment';

type TwoTiersSizes = {
  readonly repetitions: number;
  readonly ratePerSecond: number;
  /** How long the shares are measured each time, ms. */
  readonly measureMs: number;
  /** From the moment when the new Envoys are ready until the shares are measured, ms. */
  readonly findMs: number;
};

const FEW = 2;
const MANY = 4;
const FOUND_WITHIN_MS = 65_000;
const MOST_OFF = 0.05;
/** Phases whose shares are judged, in this order in each repetition; how many Envoys each has. */
const STAGES = [
  { name: 'before', envoys: FEW, text: 'Before the change' },
  { name: 'more', envoys: MANY, text: 'With more Envoys' },
  { name: 'fewer', envoys: FEW, text: 'With fewer Envoys again' },
] as const;
type Stage = (typeof STAGES)[number];

export const twoTiers = defineExperiment<TwoTiersSizes, Facts>({
  name: 'two-tiers',
  question: 'Do all Envoys get their share of one client’s calls, including Envoys that come later?',
  hypothesis:
    'The client takes the Envoys in turn. Each Envoy ends each of its connections within a minute. Then the client looks the name up again, so it finds every new Envoy in that time and leaves the old ones without a loss.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { repetitions: 1, ratePerSecond: 100, measureMs: 15_000, findMs: 66_000 },
    // The client connects before the Envoys come, so that its connections end within this time.
    quick: { repetitions: 1, ratePerSecond: 100, measureMs: 6000, findMs: 53_000 },
  },
  claims: ({ repetitions }) => [
    ...STAGES.map(
      (stage): MeasuredClaim<Facts> => ({
        id: `share-${stage.name}`,
        text: `${stage.text}, each Envoy has its share: the largest deviation from it.`,
        threshold: { atMost: MOST_OFF },
        unit: 'points',
        measure: ({ data }) => measureShares(data, stage),
      }),
    ),
    {
      id: 'first-call',
      text: 'From ready to the first call through it, the slowest new Envoy.',
      threshold: { atMost: FOUND_WITHIN_MS / 1000 },
      unit: 's',
      measure: ({ arrivals }) => {
        const expected = repetitions * (MANY - FEW);
        return {
          value: arrivals.length === expected ? Math.max(...arrivals) : null,
          detail: `${arrivals.filter(Number.isFinite).length} of ${expected} new Envoys had calls`,
        };
      },
    },
    noneFails('failed', 'No call fails.', ({ data }) => data.calls),
    loadOverlaps('while Envoys come and go', 2 * repetitions, ({ data, spans }) => ({ calls: data.calls, spans })),
  ],
  expectedMs: ({ repetitions, measureMs, findMs }) => 20_000 + repetitions * (3 * measureMs + findMs + 16_000),
  run: async (system, recorder, { repetitions, ratePerSecond, measureMs, findMs }, context) => {
    await system.settle({ ...system.shipped, envoys: FEW }, SETTLING);
    const measure = async (name: string) => {
      recorder.phase(name);
      await context.pause(measureMs);
      recorder.phase('changing');
    };
    await underLoad(system, context, { name: 'steady', target: 'envoys', ratePerSecond }, async () => {
      for (let repetition = 1; repetition <= repetitions; repetition += 1) {
        await measure(phaseName('before', repetition));
        await system.scale('envoy', MANY);
        await system.untilReady('envoy', MANY, POD_CHANGE);
        await context.pause(findMs);
        await measure(phaseName('more', repetition));
        await system.scale('envoy', FEW);
        await system.untilReady('envoy', FEW, POD_CHANGE);
        await measure(phaseName('fewer', repetition));
      }
    });
  },
  read: factsOf,
  figures: (data) => [
    {
      kind: 'rate',
      id: 'calls',
      by: 'via',
      title: 'New Envoys get calls within a minute, leaving Envoys lose theirs at once',
      caption: 'Answered calls per second, stacked by the Envoy that they came through.',
      marks: ['scale', 'envoy-ready'],
    },
    {
      kind: 'share',
      id: 'share',
      by: 'via',
      title: 'Share of each Envoy',
      groups: judgedPhases(data).map(({ stage, phase }) => ({
        label: `${stage.envoys} Envoys`,
        span: phase,
        pods: inServiceAt(data.events, 'envoy', phase.fromMs),
      })),
    },
    {
      kind: 'dots',
      id: 'first-call',
      title: 'From ready to the first call through each new Envoy',
      unit: 's',
      groups: [{ label: 'new Envoys', values: arrivalsS(data).filter(Number.isFinite) }],
      limit: { value: FOUND_WITHIN_MS / 1000, label: 'at most' },
    },
    { kind: 'latency', id: 'latency', title: 'Latency while Envoys come and go', marks: ['scale', 'envoy-ready'] },
  ],
  mutations: [
    {
      name: 'one-connection',
      text: 'The client keeps one connection to one Envoy, as behind a ClusterIP.',
      backends: ['local', 'cluster'],
      change: { load: { target: 'envoy-service' } },
      mustFail: STAGES.map(({ name }) => `share-${name}`),
    },
  ],
});

type TwoTiersData = RunData<TwoTiersSizes>;
type Facts = ReturnType<typeof factsOf>;

function factsOf(data: TwoTiersData) {
  return { data, arrivals: arrivalsS(data), spans: changesOf(data) };
}

function phaseName(stage: Stage['name'], repetition: number): string {
  return `${stage}-${repetition}`;
}

function judgedPhases(data: TwoTiersData): readonly { readonly stage: Stage; readonly phase: Phase }[] {
  return phasesOf(data).flatMap((phase) => {
    const stage = STAGES.find(({ name }) => phase.name.startsWith(`${name}-`));
    return stage === undefined ? [] : [{ stage, phase }];
  });
}

/** The largest distance of any Envoy from its share in any repetition. */
function measureShares(data: TwoTiersData, wanted: Stage): Measurement {
  const rows = judgedPhases(data).flatMap(({ stage, phase }) => {
    if (stage !== wanted) return [];
    const envoys = inServiceAt(data.events, 'envoy', phase.fromMs);
    const counts = answersBy(sentWithin(data.calls, phase), 'via', envoys);
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const isComplete = envoys.length === wanted.envoys && all > 0;
    return isComplete ? [[...counts].map(([name, count]) => ({ name, share: count / all }))] : [];
  });
  const { repetitions } = data.params.sizes;
  if (rows.length !== repetitions) return { value: null, detail: `${rows.length} of ${repetitions} phases were seen` };
  const distances = rows.flat().map(({ share }) => Math.abs(share - 1 / wanted.envoys));
  const percent = (row: (typeof rows)[number]) => row.map(({ share }) => (share * 100).toFixed(1)).join(' ');
  return { value: Math.max(...distances), detail: `shares in %: ${rows.map(percent).join(' · ')}` };
}

/** Of each new Envoy, s; infinite if it got no call. */
function arrivalsS(data: TwoTiersData): readonly number[] {
  return scalesOf(data.events).flatMap(({ isUp, fromMs, toMs }) => {
    if (!isUp) return [];
    const calls = sentWithin(data.calls, { fromMs, toMs });
    return readyWithin(data.events, 'envoy', { fromMs, toMs }).map(({ name, readyMs }) => {
      const ms = firstCallAfterMs(calls, name, readyMs, 'via');
      return ms === undefined ? Number.POSITIVE_INFINITY : ms / 1000;
    });
  });
}

/** From each change of the number of Envoys until the last one is ready, or gone. */
function changesOf({ events }: TwoTiersData): readonly TimeSpan[] {
  return scalesOf(events).flatMap(({ isUp, fromMs, toMs }) => {
    const ends = eventsOf(events, isUp ? 'envoy-ready' : 'envoy-gone').filter(
      ({ atMs }) => atMs >= fromMs && atMs < toMs,
    );
    const last = ends.at(-1);
    return last === undefined ? [] : [{ fromMs, toMs: last.atMs }];
  });
}

/** Changes of the number of Envoys under load, each until the next one. */
function scalesOf(events: readonly RunEvent[]): readonly (TimeSpan & { readonly isUp: boolean })[] {
  const startMs = eventsOf(events, 'load-start')[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const scales = eventsOf(events, 'scale').filter(({ subject, atMs }) => subject === 'envoy' && atMs >= startMs);
  return scales.map(({ atMs, detail }, index) => ({
    isUp: detail !== undefined && detail.to > detail.from,
    fromMs: atMs,
    toMs: scales[index + 1]?.atMs ?? Number.POSITIVE_INFINITY,
  }));
}
