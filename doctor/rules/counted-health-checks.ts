// Health checks in the number that an autoscaler follows: a gRPC library counts them like calls.
import type { Placed } from '../../manifest-reader/positions/placed';
import { CALL_COUNTERS, callCounter, countsHealth } from '../../prometheus-text/call-counters';
import { adapterRules } from '../chain/adapter';
import type { Chain } from '../chain/chain';
import { asksHealth } from '../chain/health-checks';
import { isDropped, scrapeJobs } from '../chain/scrape';
import { blind, found, type Observation, objectSubject, passed, type Rule, type Subject } from './rule';

interface Query {
  readonly subject: Subject;
  readonly at: Placed;
  readonly text: string;
}

/** Queries that make metrics for autoscalers, with the names of the series that they are about. */
function queries(chain: Chain): readonly Query[] {
  const rules = adapterRules(chain).map(({ object, at, series }) => ({
    subject: objectSubject(object),
    at: at.get('metricsQuery'),
    text: (at.get('metricsQuery').text() ?? '').replaceAll(/<<\s*\.Series\s*>>/g, series ?? ''),
  }));
  const triggers = chain.ofKind('ScaledObject').flatMap((object) =>
    object.at
      .get('spec', 'triggers')
      .items()
      .map((trigger) => trigger.get('metadata', 'query'))
      .map((at) => ({ subject: objectSubject(object), at, text: at.text() ?? '' })),
  );
  return [...rules, ...triggers];
}

/** `name{…}` of the counters that are known; the braces may be missing. */
const SELECTORS = new RegExp(
  `\\b(${CALL_COUNTERS.join('|')})\\b\\s*(?:\\{((?:"(?:[^"\\\\]|\\\\.)*"|[^"}])*)\\})?`,
  'g',
);

export const countedHealthChecks: Rule = {
  code: 'GLB075',
  level: 'warning',
  title: 'The number that an autoscaler follows has health checks in it',
  harm:
    'each Envoy and the kubelet ask every pod for its health all the time, and the library counts that as calls: pods at rest ' +
    'look busy, pods are added without load and never taken away, and more Envoys ask for more pods',
  cure: 'leave grpc.health.v1.Health out in the query, by the label that has the service',
  sources: ['https://github.com/grpc-ecosystem/go-grpc-prometheus/issues/77'],
  check: (chain) =>
    queries(chain).flatMap(({ subject, at, text }) => {
      const selectors = [...text.matchAll(SELECTORS)].map(([, series = '', matchers = '']) => ({ series, matchers }));
      if (selectors.length === 0) return [];
      const counting = selectors.find(({ series, matchers }) => isCounting(chain, series, matchers));
      return [counting === undefined ? passed(subject) : observation(chain, subject, at, counting)];
    }),
};

function isCounting(chain: Chain, series: string, matchers: string): boolean {
  const counter = callCounter(series);
  // What only Prometheus can tell is not held against it.
  if (counter === undefined || countsHealth(counter, matchers) !== true) return false;
  const labels = { ...counter.healthCheck, __name__: series };
  return !scrapeJobs(chain).some((job) => isDropped(job, labels));
}

function observation(
  chain: Chain,
  subject: Subject,
  at: Placed,
  { series, matchers }: { readonly series: string; readonly matchers: string },
): Observation {
  const [asked] = asksHealth(chain);
  if (asked === undefined) return blind(subject, `who asks the pods that count ${series} for their health`);
  const among = matchers === '' ? '' : `{${matchers}}`;
  return found(subject, at, `${series}${among} counts grpc.health.v1, which is asked for: ${asked}`);
}
