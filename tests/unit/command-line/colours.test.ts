import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wantsColours } from '../../../command-line/colours';

describe('wantsColours()', () => {
  it('respects NO_COLOR and dumb terminals', () => {
    assert.equal(wantsColours({ TERM: 'xterm' }), true);
    assert.equal(wantsColours({ TERM: 'xterm', NO_COLOR: '1' }), false);
    assert.equal(wantsColours({ TERM: 'dumb' }), false);
  });
});
