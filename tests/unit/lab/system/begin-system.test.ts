import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beginSystem } from '../../../../lab/system/begin-system';
import type { System } from '../../../../lab/system/system';
import { fakeRun } from '../experiments/fake-system';

function closing(): { readonly parts: System; readonly closed: () => number } {
  let closed = 0;
  return { parts: { ...fakeRun().system, close: async () => void closed++ }, closed: () => closed };
}

describe('beginSystem()', () => {
  it('hands the system over once it has begun, and it closes once', async () => {
    const { parts, closed } = closing();
    let hasBegun = false;
    const system = await beginSystem('the system', parts, async () => {
      hasBegun = true;
    });
    assert.deepEqual([hasBegun, closed(), system.backend, system.shipped], [true, 0, parts.backend, parts.shipped]);
    await Promise.all([system.close(), system.close()]);
    await system.close();
    assert.equal(closed(), 1);
  });

  it('closes what cannot begin, and says why', async () => {
    const { parts, closed } = closing();
    const cause = new Error('port in use');
    await assert.rejects(
      beginSystem('the system', parts, () => Promise.reject(cause)),
      { name: 'StartError', message: 'the system did not start: port in use', cause },
    );
    assert.equal(closed(), 1);
  });
});
