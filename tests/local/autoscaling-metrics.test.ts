// What the HPA of grpc_server_k8s/envoy-load/ follows, at its two sources: the real Envoy counts the calls of clients and
// not its own health checks, and a real Prometheus makes one number for the Service of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { credentials, status } from '@grpc/grpc-js';
import { mustRunAll } from '../../command-line/machine';
import { findRule, metricQuery, readAdapterRules } from '../../manifest-reader/adapter-rules';
import { Greeter } from '../../proto/load';
import { waitFor } from '../support/condition';
import { findTestPrometheus } from '../support/prometheus-binary';
import { envoyLoadAutoscaler, ROOT } from '../support/read-manifests';
import { type Frame, withReplayed } from '../support/replayed-prometheus';
import { greeterStatistic, lookForEnvoy, startOneEnvoy } from './support/one-envoy';

const NETWORK = '127.77.147';
const CALLS = 5;
/** Of the pods in a namespace `envoy`, as the shipped Prometheus scrapes them. */
const STEP_SECONDS = 5;

describe('envoy_cluster_upstream_rq_total', async () => {
  const found = await lookForEnvoy();
  const skip = 'reason' in found && found.reason;

  it('counts calls and tries, and no health check', { skip, timeout: 90_000 }, async () => {
    assert.ok('envoy' in found);
    const envoy = await startOneEnvoy(found.envoy, NETWORK);
    const client = new Greeter(envoy.target, credentials.createInsecure(), { 'grpc.enable_retries': 0 });
    const call = () =>
      new Promise<void>((resolve, reject) => {
        client.sayHello({ name: 'count' }, { deadline: Date.now() + 10_000 }, (error) =>
          error ? reject(error) : resolve(),
        );
      });
    const count = () => greeterStatistic(envoy.host, 'upstream_rq_total');
    try {
      let refusals = 0;
      await envoy.addPod({
        SayHello: (_, callback) => {
          if (refusals === 0) return callback(null, { message: 'Hello!', pod: 'grpc-server-1' });
          refusals -= 1;
          return callback({ code: status.UNAVAILABLE });
        },
        Chat: (stream) => stream.end(),
      });
      await waitFor('ten health checks', 30_000, async () =>
        (await greeterStatistic(envoy.host, 'health_check_success')) >= 10 ? true : undefined,
      );
      assert.equal(await count(), 0, 'nobody has called yet');
      for (let n = 0; n < CALLS; n++) await call();
      assert.equal(await count(), CALLS);
      refusals = 1;
      await call();
      assert.equal(await count(), CALLS + 2, 'a call that is tried twice is work for a pod twice');
    } finally {
      client.close();
      await envoy.close();
    }
  });
});

describe('envoy_service_calls_per_second', async () => {
  const found = await findTestPrometheus();
  const { describedObject } = envoyLoadAutoscaler().spec.metrics[0]?.object ?? assert.fail('no Object metric');
  const rule = findRule(readAdapterRules(ROOT), 'envoy_service_calls_per_second', 'service');
  const query = metricQuery(rule, { namespace: 'grpc-server', names: [describedObject.name] });

  /** Scrapes of two Envoys: their calls to the servers, calls to another cluster, and an Envoy of somebody else. */
  const scrapes = (seconds: number): Frame[] =>
    Array.from({ length: seconds / STEP_SECONDS + 1 }, (_, index) => {
      const at = index * STEP_SECONDS;
      const series = (namespace: string, pod: string, cluster: string) =>
        `envoy_cluster_upstream_rq_total{namespace="${namespace}",pod="${pod}",envoy_cluster_name="${cluster}"}`;
      return new Map([
        [series('envoy', 'envoy-1', 'greeter'), 0.8 * at],
        [series('envoy', 'envoy-2', 'greeter'), 0.6 * at],
        [series('envoy', 'envoy-1', 'orders'), 100 * at],
        [series('other', 'envoy-1', 'greeter'), 100 * at],
        [`envoy_cluster_health_check_attempt{namespace="envoy",pod="envoy-1",envoy_cluster_name="greeter"}`, 6 * at],
      ]);
    });

  // Nothing that CI may install brings a Prometheus, so where there is none this is said, and not counted as a failure.
  if (!found.ok && mustRunAll(process.env)) {
    return void process.stderr.write(`# not tested: ${rule.name}: ${found.missing}\n`);
  }
  const skip = !found.ok && found.missing;

  it('is the sum over all Envoys, under the name of the Service', { skip, timeout: 90_000 }, async () => {
    assert.ok(found.ok);
    const replay = { binary: found.prometheus, stepSeconds: STEP_SECONDS, frames: scrapes(60) };
    const [sample, ...others] = await withReplayed(replay, (ask) => ask(query));
    assert.deepEqual(others, []);
    assert.deepEqual(sample?.labels, { [rule.labels.object]: describedObject.name });
    assert.ok(Math.abs((sample?.value ?? 0) - 1.4) < 1e-6, String(sample?.value));
  });

  it('is not there before a whole window was seen', { skip, timeout: 90_000 }, async () => {
    assert.ok(found.ok);
    const replay = { binary: found.prometheus, stepSeconds: STEP_SECONDS, frames: scrapes(25) };
    assert.deepEqual(await withReplayed(replay, (ask) => ask(query)), []);
  });
});
