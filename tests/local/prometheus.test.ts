// The local system's metrics as an autoscaler would be told them: a real Prometheus, asked by the adapter's own query.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe } from 'node:test';
import { mustRunAll } from '../../command-line/machine';
import { eventsOf } from '../../lab/records/event';
import { waitFor } from '../support/condition';
import { findTestPrometheus } from '../support/prometheus-binary';
import { itWithEnvoy } from './support/local-stack';
import { withSystem } from './support/local-system';

const NETWORK = '127.77.114';
const SERVERS = 'grpc_requests_per_second';
const ENVOYS = 'envoy_cluster_upstream_per_second';
const RATE = 20;
/** A third of the window has seen the load. */
const CLEARLY = RATE / 3;
const SOON_MS = 60_000;
const RUNS_ALL = mustRunAll(process.env);

const sum = (values: ReadonlyMap<string, number> | undefined) =>
  [...(values?.values() ?? [])].reduce((total, value) => total + value, 0);
const processesIn = (folder: string) =>
  execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`--config.file=${folder}`));

describe('metrics of the local system', async () => {
  const found = await findTestPrometheus();

  itWithEnvoy('are undefined without Prometheus, and the backend says what is missing', async () => {
    const env = { ...process.env, PROMETHEUS_BIN: '/nowhere/prometheus' };
    await withSystem(
      NETWORK,
      async ({ system, missing }) => {
        assert.match(missing.prometheus ?? '', /PROMETHEUS_BIN=\/nowhere\/prometheus: there is no such file/);
        assert.equal(await system.queriedMetric(SERVERS, 'grpc-server'), undefined);
        assert.equal(await system.scrapedAtMs(SERVERS, 'grpc-server'), undefined);
        assert.equal(await system.autoscaler('envoy'), undefined);
      },
      undefined,
      env,
    );
  });

  const name = 'rise under a load, for the existing pods';
  // Nothing that CI may install brings a Prometheus, so where there is none this is said, and not counted as a failure.
  if (!found.ok && RUNS_ALL) return void process.stderr.write(`# not tested: ${name}: ${found.missing}\n`);
  itWithEnvoy(name, async (context) => {
    if (!found.ok) return context.skip(found.missing);
    const env = { ...process.env, PROMETHEUS_BIN: found.prometheus.path };
    let folderThen = '';
    const { events } = await withSystem(
      NETWORK,
      async ({ system, folder, missing }) => {
        folderThen = folder;
        assert.deepEqual(missing, {});
        assert.deepEqual(processesIn(folder), [], 'Prometheus must not start before a first question');
        const ask = (metric: string, tier: 'grpc-server' | 'envoy') => system.queriedMetric(metric, tier);
        const untilAll = async (pods: number, isEnough: (total: number) => boolean) =>
          waitFor(`${SERVERS} of ${pods} pods`, SOON_MS, async () => {
            const values = await ask(SERVERS, 'grpc-server');
            return values?.size === pods && isEnough(sum(values)) ? values : undefined;
          });

        const idle = await untilAll(3, () => true);
        assert.equal(sum(idle), 0, 'no call yet');
        assert.equal(processesIn(folder).length, 1);
        const startedAt = Date.now();
        const load = await system.startLoad({ name: 'steady', target: 'envoys', ratePerSecond: RATE });
        await system.scale('grpc-server', 4);
        const busy = await untilAll(4, (total) => total > CLEARLY);
        assert.ok(
          [...busy.values()].every((value) => value > 0 && value < RATE),
          [...busy].join(' '),
        );
        const envoys = await ask(ENVOYS, 'envoy');
        assert.deepEqual([...(envoys?.keys() ?? [])].sort(), ['envoy-1', 'envoy-2']);
        assert.ok(sum(envoys) > CLEARLY / 2, [...(envoys ?? [])].join(' '));
        const readAt = await system.scrapedAtMs(SERVERS, 'grpc-server');
        assert.ok(readAt !== undefined && readAt > startedAt && readAt <= Date.now(), String(readAt));
        const wanted = await system.autoscaler('grpc-server');
        assert.deepEqual([wanted?.isActing, wanted?.desiredReplicas], [false, wanted?.maxReplicas], 'far above target');
        await load.stop();

        await system.scale('grpc-server', 3);
        await system.untilReady('grpc-server', 3, { withinMs: SOON_MS });
        assert.equal((await ask(SERVERS, 'grpc-server'))?.size, 3, 'pods that are gone must not be asked');
      },
      undefined,
      env,
    );
    assert.deepEqual(processesIn(folderThen), [], 'Prometheus ends with the system');
    const metrics = eventsOf(events, 'metric').filter(
      ({ subject, detail }) => subject === SERVERS && detail?.source === 'prometheus',
    );
    assert.deepEqual(
      [metrics.find(({ detail }) => detail?.pods === 4) !== undefined, metrics.at(-1)?.detail?.pods],
      [true, 3],
    );
    assert.equal(eventsOf(events, 'scrape').length, 1);
  });
});
