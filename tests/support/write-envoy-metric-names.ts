// Writes envoy-metric-names.txt from a running Envoy. To be run after a change of Envoy's version or of its configuration:
//   node -r ts-node/register/transpile-only tests/support/write-envoy-metric-names.ts
import { writeFileSync } from 'node:fs';
import { scrapeEnvoy } from '../local/support/envoy-scrapes';
import { lookForEnvoy } from '../local/support/one-envoy';
import { compareScrapes, ENVOY_METRIC_NAMES_FILE, formatEnvoyMetrics } from './envoy-metric-names';

async function main(): Promise<void> {
  const found = await lookForEnvoy();
  if ('reason' in found) throw new Error(found.reason);
  const { atStart, afterCalls } = await scrapeEnvoy(found.envoy, '127.77.44');
  const metrics = compareScrapes(atStart, afterCalls);
  writeFileSync(ENVOY_METRIC_NAMES_FILE, formatEnvoyMetrics(metrics));
  process.stdout.write(`${ENVOY_METRIC_NAMES_FILE}: ${metrics.length} metrics\n`);
}

main().catch((thrown: Error) => {
  process.stderr.write(`${thrown.message}\n`);
  process.exitCode = 1;
});
