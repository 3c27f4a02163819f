import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { untilRouted } from '../../../../lab/system/until-routed';

const OPTIONS = { withinMs: 20, everyMs: 1, signal: new AbortController().signal };

function look(...seen: readonly (readonly [known: number, healthy: number])[]) {
  const asked: string[] = [];
  return {
    asked,
    envoys: () => seen.map((_, index) => `envoy-${index + 1}`),
    hosts: async (envoy: string) => {
      asked.push(envoy);
      const [known = 0, healthy = 0] = seen[Number(envoy.slice(-1)) - 1] ?? [];
      return { known, healthy };
    },
  };
}

describe('untilRouted()', () => {
  it('ends when every Envoy lists all servers and calls them', async () => {
    const both = look([3, 3], [3, 3]);
    await untilRouted(3, both, OPTIONS);
    assert.deepEqual(both.asked, ['envoy-1', 'envoy-2']);
  });

  it('looks again until that is so', async () => {
    let looks = 0;
    const later = { envoys: () => ['envoy-1'], hosts: async () => ({ known: 3, healthy: ++looks }) };
    await untilRouted(3, later, { ...OPTIONS, withinMs: 60_000 });
    assert.equal(looks, 3);
  });

  it('is not content with as many hosts that are gone', async () => {
    let gone = 3;
    const old = { envoys: () => ['envoy-1'], hosts: async () => ({ known: 3, healthy: 3, gone }) };
    const message = /but envoy-1 knows 3 and calls 3, 3 of them gone$/;
    await assert.rejects(untilRouted(3, old, OPTIONS), message);
    gone = 0;
    await untilRouted(3, old, OPTIONS);
  });

  it('says which Envoy saw what when it is not', async () => {
    const message = /timed out after 20 ms: 3 servers in every Envoy, but envoy-2 knows 4 and calls 3$/;
    await assert.rejects(untilRouted(3, look([3, 3], [4, 3]), OPTIONS), message);
  });

  it('is not content with no Envoy at all', async () => {
    await assert.rejects(untilRouted(3, look(), OPTIONS), /but no Envoy is ready$/);
  });
});
