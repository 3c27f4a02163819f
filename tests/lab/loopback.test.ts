// Quick experiments on loopback, for claims that no other test makes: counts and shares, where a busy machine is no
// excuse. tests/local/lab.test.ts has spread and no-balancing.
import { describe } from 'node:test';
import { itRuns } from '../support/lab-run';

const NAMES = [
  ...['streams', 'stream-age', 'rollout', 'crash', 'envoy-rollout', 'outage'],
  ...['foreign-clients', 'foreign-servers'],
];

describe('npm run lab -- run, quick, on loopback', () => {
  itRuns(NAMES, { backend: 'local', env: process.env, more: ['--network', '127.77.113'] });
});
