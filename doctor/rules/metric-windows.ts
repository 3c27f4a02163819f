// Times that have to fit each other: how often Prometheus reads, how far a rate looks back, how often the adapter looks
// for series.
import type { Placed } from '../../manifest-reader/positions/placed';
import { adapterPods, adapterRules, flagOf } from '../chain/adapter';
import type { Chain } from '../chain/chain';
import { seconds } from '../chain/duration';
import { scrapeJobs, shortestInterval } from '../chain/scrape';
import { blind, found, type Observation, objectSubject, passed, type Rule, type Subject } from './rule';

interface Query {
  readonly subject: Subject;
  readonly at: Placed;
}

function queries(chain: Chain): readonly Query[] {
  const rules = adapterRules(chain).map(({ object, at }) => ({
    subject: objectSubject(object),
    at: at.get('metricsQuery'),
  }));
  const triggers = chain.ofKind('ScaledObject').flatMap((object) =>
    object.at
      .get('spec', 'triggers')
      .items()
      .map((trigger) => ({ subject: objectSubject(object), at: trigger.get('metadata', 'query') })),
  );
  return [...rules, ...triggers].filter(({ at }) => ratesOf(at.text() ?? '').length > 0);
}

interface Rate {
  readonly series: string;
  /** `30s` */
  readonly window: string;
}

/** The ranges of rate, irate and increase: `rate(x{a="b"}[30s])` has 30s of x. */
function ratesOf(query: string): readonly Rate[] {
  return [...query.matchAll(/\b(?:rate|irate|increase)\s*\(([^[\]]*)\[([\dsmhdwy]+)\]/g)].map(
    ([, series = '', window = '']) => ({ series: series.trim(), window }),
  );
}

/** What stands between the `or` of a query; those inside of strings are left out. */
function alternativesOf(query: string): string[] {
  return query.replaceAll(/"[^"]*"|'[^']*'/g, (text) => text.replaceAll(/\bor\b/g, '')).split(/\bor\b/);
}

/**
 * The first window that is too short, unless there is something to fall back on: the query compares what it sees there
 * with a long window of the same series, and takes that one, after its last `or`, where it sees nothing or no difference.
 */
function shortWindow(query: string, isShort: (window: string) => boolean): string | undefined {
  const [last = '', ...before] = alternativesOf(query).reverse();
  const long = ratesOf(last).filter(({ window }) => !isShort(window));
  const needed = before.reverse().flatMap((part) => {
    const isCompared = /[<>]/.test(part.replaceAll(/<<.*?>>|"[^"]*"|'[^']*'/g, ''));
    return ratesOf(part).filter(({ series }) => !(isCompared && long.some((rate) => rate.series === series)));
  });
  return [...needed, ...ratesOf(last)].find(({ window }) => isShort(window))?.window;
}

export const rateWindow: Rule = {
  code: 'GLB016',
  level: 'warning',
  title: 'A rate looks back over fewer than four scrapes',
  harm:
    'a rate needs two readings; with one scrape late or lost there is no value, or a wrong one, and the autoscaler stands ' +
    'still or jumps: pods go while calls come',
  cure:
    'a window of at least four scrape intervals, or a shorter scrape_interval; a shorter window only beside a long one, ' +
    'for what differs by more than chance',
  sources: [
    'https://github.com/d2iq-archive/kubernetes-base-addons/pull/59',
    'https://www.robustperception.io/what-range-should-i-use-with-rate/',
  ],
  check: (chain) => {
    const interval = shortestInterval(scrapeJobs(chain));
    return queries(chain).map(({ subject, at }): Observation => {
      if (interval === undefined) return blind(subject, 'the scrape_interval of Prometheus');
      const short = shortWindow(at.text() ?? '', (window) => (seconds(window) ?? Infinity) < 4 * interval);
      if (short === undefined) return passed(subject);
      return found(subject, at, `a rate over ${short}, and a scrape every ${interval} s`);
    });
  },
};

const RELIST = 'metrics-relist-interval';
/** cmd/adapter of the Prometheus Adapter. */
const DEFAULT_RELIST = '10m';

export const relistInterval: Rule = {
  code: 'GLB017',
  level: 'warning',
  title: 'The adapter looks for series more often than Prometheus reads them',
  harm: 'between two scrapes it finds none and takes the metric away: the autoscaler has no value at times, and adds pods late',
  cure: '--metrics-relist-interval at least as long as the scrape_interval',
  sources: [
    'https://github.com/kubernetes-sigs/prometheus-adapter#configuration',
    'https://github.com/kubernetes-sigs/prometheus-adapter/pull/83',
  ],
  check: (chain) =>
    adapterPods(chain).map(({ workload, container }) => {
      const subject = objectSubject(workload.object);
      const flag = flagOf(container, RELIST);
      // How far back it looks for series: as long as it waits between two looks, unless a flag says more.
      const text = flagOf(container, 'metrics-max-age')?.value ?? flag?.value ?? DEFAULT_RELIST;
      const age = seconds(text);
      const interval = shortestInterval(scrapeJobs(chain));
      if (age === undefined) return blind(subject, `a span of time in --${RELIST}, not ${text}`);
      if (interval === undefined) return blind(subject, 'the scrape_interval of Prometheus');
      if (age >= interval || flag === undefined) return passed(subject);
      return found(subject, flag.at, `it looks back ${text} for series, and Prometheus reads every ${interval} s`);
    }),
};

export const relistDefault: Rule = {
  code: 'GLB061',
  level: 'info',
  title: 'The adapter looks for new metrics every ten minutes',
  harm: 'a metric whose first series came after its last look is unknown until the next: a new service is not scaled for so long',
  cure: '--metrics-relist-interval of two or three scrape intervals',
  sources: [
    'https://github.com/kubernetes-sigs/prometheus-adapter#configuration',
    'https://github.com/kubernetes-sigs/prometheus-adapter/issues/532',
  ],
  check: (chain) =>
    adapterPods(chain).map(({ workload, container }) => {
      const subject = objectSubject(workload.object);
      if (flagOf(container, RELIST) !== undefined) return passed(subject);
      return found(subject, container.at, `there is no --${RELIST}, whose default is ${DEFAULT_RELIST}`);
    }),
};
