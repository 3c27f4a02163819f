// What happens when DNS fails: no answer, an error, or the answer that the name does not exist.
import { enoughCalls } from '../claims/call-count';
import { countCodes, noneFails } from '../claims/failed-calls';
import { loadOverlaps } from '../claims/load-overlap';
import type { Call } from '../records/call';
import { type DnsFaultMode, eventsOf } from '../records/event';
import type { RunData } from '../records/run-data';
import { failed, ofLoad, sentWithin, type TimeSpan } from '../records/selection';
import { percentile } from '../statistics/percentile';
import { defaultDns } from '../steps/mutations';
import { underLoad } from '../steps/under-load';
import { ROUTING, SETTLING } from '../steps/waits';
import { defineExperiment } from './define-experiment';

type DnsOutageSizes = {
  readonly faultMs: number;
  readonly ratePerSecond: number;
  /** How often the name ceases to exist, and for how long each time, ms. */
  readonly absences: number;
  readonly absenceMs: number;
};

const FIRST_OK_WITHIN_MS = 2000;
/** How long after the names are gone an Envoy may go on using the pods, ms: it asks once a second. */
const NOTICED_MS = 3000;
const AT_ONCE_MS = 100;
/** The load of DNS faults that must not be noticed, and the one of names that are gone: the latter asks only once. */
const KEPT = 'kept';
const ABSENT = 'absent';

export const dnsOutage = defineExperiment<DnsOutageSizes, Facts>({
  name: 'dns-outage',
  question: 'Are calls lost when DNS answers with errors, or does not answer?',
  hypothesis:
    'Envoy keeps the last good hosts when a look-up fails. Only the correct answer for a headless Service without pods, "no such name", empties its list. Then calls end at once, and resume as soon as the names are back.',
  backends: ['local', 'cluster'],
  sizes: {
    full: { faultMs: 30_000, ratePerSecond: 100, absences: 3, absenceMs: 10_000 },
    quick: { faultMs: 10_000, ratePerSecond: 100, absences: 3, absenceMs: 6000 },
  },
  claims: ({ faultMs, ratePerSecond, absences: count }) => [
    noneFails('failed-servfail', 'No call fails while DNS answers SERVFAIL.', ({ servfail }) => servfail),
    noneFails('failed-silence', 'No call fails while DNS is silent.', ({ silence }) => silence),
    enoughCalls((2 * faultMs * ratePerSecond) / 1000, ({ servfail, silence }) => [[...servfail, ...silence]]),
    loadOverlaps('while DNS answers wrongly', 2 + count, ({ calls, faults }) => ({ calls, spans: faults })),
    {
      id: 'absent-unavailable',
      text: 'Calls that end with another code than UNAVAILABLE while the name does not exist.',
      threshold: { equals: 0 },
      unit: 'calls',
      measure: ({ absent }) => {
        const others = absent.filter(({ code }) => code !== 'UNAVAILABLE');
        const detail = `of ${absent.length}${others.length > 0 ? `: ${countCodes(others)}` : ''}`;
        return { value: absent.length === 0 ? null : others.length, detail };
      },
    },
    {
      id: 'absent-at-once',
      text: 'Those calls end at once: their median latency.',
      threshold: { atMost: AT_ONCE_MS },
      unit: 'ms',
      measure: ({ absent }) => {
        const waits = failed(absent).map(({ latencyMs }) => latencyMs);
        return { value: percentile(waits, 50), detail: `99th percentile ${percentile(waits, 99).toFixed(0)} ms` };
      },
    },
    {
      id: 'first-ok',
      text: 'The longest time from the return of the name to an Envoy’s first answer.',
      threshold: { atMost: FIRST_OK_WITHIN_MS / 1000 },
      unit: 's',
      measure: ({ returns }) => ({
        value: returns.length === 0 ? null : Math.max(...returns) / 1000,
        detail: `${returns.length} Envoys and returns`,
      }),
    },
  ],
  expectedMs: ({ faultMs, absences, absenceMs }) => 25_000 + 2 * (faultMs + 3000) + absences * (absenceMs + 6000),
  run: async (system, recorder, { faultMs, ratePerSecond, absences, absenceMs }, context) => {
    const { pause } = context;
    const breakDns = async (mode: DnsFaultMode, ms: number) => {
      await system.setDnsFault(mode);
      await pause(ms);
      await system.setDnsFault(undefined);
    };
    await system.settle(system.shipped, SETTLING);
    await underLoad(system, context, { name: KEPT, target: 'envoys', ratePerSecond }, async () => {
      for (const mode of ['servfail', 'silence'] as const) {
        recorder.phase(mode);
        await breakDns(mode, faultMs);
        await pause(2000);
      }
    });
    recorder.phase('nxdomain');
    // Retries would hide how a call ends, and when.
    const env = { RETRIES: 'false' };
    await underLoad(system, context, { name: ABSENT, target: 'envoys', ratePerSecond, env }, async () => {
      for (let absence = 1; absence <= absences; absence += 1) {
        await breakDns('nxdomain', absenceMs);
        await system.untilRouted(system.shipped.servers, ROUTING);
        // Where in its second Envoy asks DNS next must not depend on the step before.
        await pause(1000 + 1000 * context.random());
      }
    });
  },
  read: factsOf,
  figures: (data) => [
    {
      kind: 'rate',
      id: 'kept',
      title: 'SERVFAIL and silence change nothing',
      caption: 'Answered calls per second, stacked by pod.',
      loads: [KEPT],
    },
    {
      kind: 'rate',
      id: 'absent',
      title: 'Envoy accepts that a name has no pods, and accepts its return',
      caption: 'Answered calls per second, stacked by pod; calls in between end at once as UNAVAILABLE.',
      loads: [ABSENT],
    },
    {
      kind: 'dots',
      id: 'first-ok',
      title: 'From the return of the name to the first answer through each Envoy',
      unit: 's',
      groups: [
        {
          label: 'each Envoy, each time',
          values: firstOksMs(data)
            .filter(Number.isFinite)
            .map((ms) => ms / 1000),
        },
      ],
      limit: { value: FIRST_OK_WITHIN_MS / 1000, label: 'at most' },
    },
  ],
  mutations: [defaultDns(['first-ok'])],
});

type Facts = ReturnType<typeof factsOf>;

function factsOf(data: RunData<DnsOutageSizes>) {
  const { calls } = data;
  const faults = faultsOf(data);
  const kept = ofLoad(calls, KEPT);
  const during = (wanted: DnsFaultMode) =>
    faults
      .filter(({ mode }) => mode === wanted)
      // A second more: what an Envoy learned at the end of the fault.
      .flatMap(({ fromMs, toMs }) => sentWithin(kept, { fromMs, toMs: toMs + 1000 }));
  return {
    calls,
    faults,
    servfail: during('servfail'),
    silence: during('silence'),
    absent: absentCalls(data),
    returns: firstOksMs(data),
  };
}

interface Fault extends TimeSpan {
  readonly mode: DnsFaultMode;
  /** Until then every answer was wrong. */
  readonly surelyToMs: number;
}

function faultsOf({ events }: Pick<RunData, 'events'>): readonly Fault[] {
  const cleared = eventsOf(events, 'dns-fault-cleared');
  return eventsOf(events, 'dns-fault').flatMap(({ atMs, detail }) => {
    const end = cleared.find((event) => event.atMs >= atMs);
    if (detail === undefined || end === undefined) return [];
    return [{ mode: detail.mode, fromMs: atMs, toMs: end.atMs, surelyToMs: end.detail?.askedAtMs ?? end.atMs }];
  });
}

function absences(data: Pick<RunData, 'events'>): readonly Fault[] {
  return faultsOf(data).filter(({ mode }) => mode === 'nxdomain');
}

/** Sent when every Envoy must have noticed, and so early that they ended before the name was back. */
function absentCalls(data: RunData<DnsOutageSizes>): readonly Call[] {
  return absences(data).flatMap(({ fromMs, surelyToMs }) =>
    sentWithin(ofLoad(data.calls, ABSENT), { fromMs: fromMs + NOTICED_MS, toMs: surelyToMs }).filter(
      ({ sentMs, latencyMs }) => sentMs + latencyMs <= surelyToMs,
    ),
  );
}

/** For each return of the name and each Envoy: until its first OK answer, ms; infinite if it had none. */
function firstOksMs(data: RunData<DnsOutageSizes>): readonly number[] {
  const calls = ofLoad(data.calls, ABSENT).filter(({ code }) => code === 'OK');
  const envoys = [...new Set(calls.map(({ via }) => via))];
  return absences(data).flatMap(({ toMs }) =>
    envoys.map((envoy) => {
      const first = calls.find(({ via, sentMs }) => via === envoy && sentMs >= toMs);
      return first === undefined ? Number.POSITIVE_INFINITY : first.sentMs + first.latencyMs - toMs;
    }),
  );
}
