// Edge E11 at its source: the recorded list of Envoy's metrics, which the dashboards' tests trust, is what the real Envoy
// shows with the shipped configuration.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareScrapes, readEnvoyMetrics } from '../support/envoy-metric-names';
import { scrapeEnvoy } from './support/envoy-scrapes';
import { lookForEnvoy } from './support/one-envoy';

describe('tests/support/envoy-metric-names.txt', async () => {
  const found = await lookForEnvoy();

  it('holds the names that Envoy shows at start and after a call', {
    skip: 'reason' in found && found.reason,
  }, async () => {
    assert.ok('envoy' in found);
    const { atStart, afterCalls } = await scrapeEnvoy(found.envoy, '127.77.48');
    const shown = new Map(compareScrapes(atStart, afterCalls).map((metric) => [metric.name, metric]));
    // A call that had to be retried on a busy machine shows more: that does no harm, what is missing would.
    for (const metric of readEnvoyMetrics()) assert.deepEqual(shown.get(metric.name), metric, metric.name);
  });
});
