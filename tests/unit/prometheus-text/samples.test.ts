import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { samplesOf } from '../../../prometheus-text/samples';

const TEXT = `# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{method="SayHello",code="OK"} 12
calls_total{method="Ch\\"at\\n",code="OK",} 3.5e2 1700000000
calls_total_seconds{method="SayHello"} 7
calls
up 1
`;

describe('samplesOf()', () => {
  it('reads labels and values of one name, and of no longer one', () => {
    assert.deepEqual(samplesOf(TEXT, 'calls_total'), [
      { labels: { method: 'SayHello', code: 'OK' }, value: 12 },
      { labels: { method: 'Ch"at\n', code: 'OK' }, value: 350 },
    ]);
  });

  it('reads a series without labels, and nothing for a missing one', () => {
    assert.deepEqual(samplesOf(TEXT, 'up'), [{ labels: {}, value: 1 }]);
    assert.deepEqual(samplesOf(TEXT, 'down'), []);
  });
});
