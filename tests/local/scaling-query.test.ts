// What the HPAs are told of a load: a real Prometheus evaluates the shipped rules over minutes of made-up scrapes. A new
// load shows in full after two of them, and chance, silence, restarts and late scrapes add no pods.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { mustRunAll } from '../../command-line/machine';
import { type Random, seededRandom } from '../../lab/statistics/seeded-random';
import { findRule, metricQuery, readAdapterRules } from '../../manifest-reader/adapter-rules';
import { overOneWindow } from '../../manifest-reader/rate-windows';
import { findTestPrometheus } from '../support/prometheus-binary';
import { ROOT } from '../support/read-manifests';
import { type AskReplayed, type Frame, withReplayed } from '../support/replayed-prometheus';

const STEP_SECONDS = 5;
const PODS = ['grpc-server-1', 'grpc-server-2', 'grpc-server-3'];
const rules = readAdapterRules(ROOT);
const byPod = metricQuery(findRule(rules, 'grpc_requests_per_second', 'pod'), {
  namespace: 'grpc-server',
  names: PODS,
});
const ofService = metricQuery(findRule(rules, 'envoy_service_calls_per_second', 'service'), {
  namespace: 'grpc-server',
  names: ['grpc-server-headless'],
});

/** What a pod has counted, and the Envoy in front of it, at this many seconds. */
type Counted = (seconds: number, pod: number) => number | undefined;

/** Scrapes each 5 s, of which the last is of `seconds`. */
function scrapes(seconds: number, counted: Counted): Frame[] {
  return Array.from({ length: seconds / STEP_SECONDS + 1 }, (_, index) => {
    const lines = PODS.flatMap((pod, which): [string, number][] => {
      const count = counted(index * STEP_SECONDS, which);
      const envoy = `namespace="envoy",pod="envoy-${which}",envoy_cluster_name="greeter"`;
      return count === undefined
        ? []
        : [
            [`grpc_requests_total{namespace="grpc-server",pod="${pod}"}`, count],
            [`envoy_cluster_upstream_rq_total{${envoy}}`, count],
          ];
    });
    return new Map(lines);
  });
}

/** Calls that come one by one, by chance, in turn to the pods. */
function byChance(perSecond: number, seconds: number, random: Random): Counted {
  const totals = [0];
  let total = 0;
  let nextAt = 0;
  for (let at = STEP_SECONDS; at <= seconds; at += STEP_SECONDS) {
    while (nextAt < at) {
      nextAt -= Math.log(1 - random()) / perSecond;
      total += 1;
    }
    totals.push(total);
  }
  // Of five calls over three pods the first two get two.
  return (at, pod) => Math.ceil(((totals[at / STEP_SECONDS] ?? 0) - pod) / PODS.length);
}

/** The rows of a table of docs/autoscaling.md, which a comment above it names. */
function documented(table: string): string[][] {
  const text = readFileSync(path.join(ROOT, 'docs/autoscaling.md'), 'utf8');
  const [, rows = ''] = text.split(`<!-- ${table}: `)[1]?.split(/\n\|(?: --- \|)+\n/) ?? [];
  const [body = ''] = rows.split('\n\n');
  return body.split('\n').map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What a pod has of 90 calls/s after so many seconds. */
const share = (seconds: number) => 30 * seconds;
const numberOf = async (ask: AskReplayed, query: string, agoSeconds = 0) => (await ask(query, agoSeconds))[0]?.value;
/** Over the scrapes of the last `seconds`: the most pods that `query` asked for, and how often it changed its mind. */
async function asked(ask: AskReplayed, query: string, target: number, seconds: number) {
  // A whole number of pods, reckoned from fractions of seconds, may come out a hair above itself.
  const range = `(ceil(sum(${query}) / ${target} - 1e-6))[${seconds}s:${STEP_SECONDS}s]`;
  const [most, changes] = [await numberOf(ask, `max_over_time(${range})`), await numberOf(ask, `changes(${range})`)];
  return { most: most ?? Number.NaN, changes: changes ?? Number.NaN };
}

describe('the rules of the adapter, in Prometheus', async () => {
  const found = await findTestPrometheus();
  // Nothing that CI may install brings a Prometheus, so where there is none this is said, and not counted as a failure.
  if (!found.ok && mustRunAll(process.env)) {
    return void process.stderr.write(`# not tested: the rules of the adapter under loads: ${found.missing}\n`);
  }
  const options = { skip: !found.ok && found.missing, timeout: 180_000 };
  const replay = <T>(frames: readonly Frame[], body: (ask: AskReplayed) => Promise<T>) => {
    assert.ok(found.ok);
    return withReplayed({ binary: found.prometheus, stepSeconds: STEP_SECONDS, frames }, body);
  };

  for (const [name, query] of [
    ['grpc_requests_per_second', byPod],
    ['envoy_service_calls_per_second', ofService],
  ] as const) {
    it(`${name} asks for the pods of a new load within 10 s, and its longest window for fewer`, options, async () => {
      const [calm, busy, target] = [50, 136, 20];
      const step: Counted = (at) => (calm * Math.min(at, 60) + busy * Math.max(0, at - 60)) / PODS.length;
      const steady = overOneWindow(query, 'longest');
      await replay(scrapes(90, step), async (ask) => {
        const pods = async (rule: string, since: number) => numberOf(ask, `ceil(sum(${rule}) / ${target})`, 30 - since);
        const rows: string[][] = [];
        for (const since of [0, 5, 10, 15, 30]) {
          rows.push([`${since} s`, `${await pods(query, since)}`, `${await pods(steady, since)}`]);
        }
        assert.deepEqual(rows, documented('step'));
        assert.deepEqual(rows[1]?.slice(1), ['7', '4'], 'all of them after two scrapes, and not by 30 s alone');
      });
    });
  }

  it('ask no more for calls that come by chance than their longest window does', options, async () => {
    const rows: string[][] = [];
    for (const [perSecond, target, seed] of [
      [136, 20, 1],
      [1.4, 0.3, 2],
      [30, 5, 3],
    ] as const) {
      const seconds = 600;
      const frames = scrapes(seconds, byChance(perSecond, seconds, seededRandom(seed)));
      await replay(frames, async (ask) => {
        const over = (query: string) => asked(ask, query, target, seconds - 60);
        const steady = await over(overOneWindow(byPod, 'longest'));
        const [shipped, newest] = [await over(byPod), await over(overOneWindow(byPod, 'shortest'))];
        assert.deepEqual(shipped, steady, `${perSecond} calls/s`);
        const text = `the shortest alone changes ${newest.changes} times, the longest ${steady.changes}`;
        assert.ok(newest.changes > 1.5 * steady.changes, text);
        const cells = [shipped, steady, newest].map(({ most, changes }) => `${changes} (${most})`);
        rows.push([`${perSecond}`, `${target}`, ...cells]);
      });
    }
    assert.deepEqual(rows, documented('chance'));
  });

  it('are 0 for each pod that is idle', options, async () => {
    await replay(
      scrapes(60, () => 7),
      async (ask) => {
        assert.deepEqual(
          (await ask(byPod)).map(({ value }) => value),
          [0, 0, 0],
        );
        assert.deepEqual(
          (await ask(ofService)).map(({ value }) => value),
          [0],
        );
      },
    );
  });

  it('are silent on counters that have just appeared, and right once a whole window was seen', options, async () => {
    const appeared: Counted = (at) => (at < 80 ? undefined : 100 + share(at));
    await replay(scrapes(120, appeared), async (ask) => {
      assert.deepEqual([...(await ask(byPod, 20)), ...(await ask(ofService, 20))], [], '20 s after they appeared');
      assert.deepEqual(
        (await ask(byPod)).map(({ value }) => Math.round(value)),
        [30, 30, 30],
      );
    });
  });

  it('take a pod that begins anew for no load of its own', options, async () => {
    const restarted: Counted = (at, pod) => share(pod === 0 && at >= 90 ? at - 90 : at);
    await replay(scrapes(120, restarted), async (ask) => {
      for (let ago = 30; ago >= 0; ago -= STEP_SECONDS) {
        const total = (await numberOf(ask, `sum(${byPod})`, ago)) ?? 0;
        assert.ok(total > 75 && total <= 91, `${total} of 90 calls/s, ${30 - ago} s after a pod began anew`);
      }
    });
  });

  it('keep the value of a pod whose newest scrape is late', options, async () => {
    const late: Counted = (at, pod) => (pod === 0 && at === 120 ? undefined : share(at));
    await replay(scrapes(120, late), async (ask) => {
      const values = await ask(byPod);
      assert.equal(values.length, PODS.length);
      for (const { labels, value } of values) assert.ok(Math.abs(value - 30) < 3, `${labels.pod}: ${value}`);
    });
  });
});
