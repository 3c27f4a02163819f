import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLedgerLine } from '../../../../local/pods/ledger-lines';

const ENTRY = {
  seq: 1,
  intendedMs: 1000.5,
  sentMs: 1000.6,
  latencyMs: 1.25,
  code: 'OK',
  pod: 'grpc-server-1',
  via: 'envoy-1',
  attempts: 1,
};

describe('parseLedgerLine()', () => {
  it('reads a line of the ledger', () => assert.deepEqual(parseLedgerLine(JSON.stringify(ENTRY)), ENTRY));

  for (const line of ['', '{', 'null', '[]', '"x"', JSON.stringify({ ...ENTRY, seq: '1' }), '{"msg":"summary"}']) {
    it(`takes ${line || 'nothing'} for no line of a ledger`, () => assert.equal(parseLedgerLine(line), undefined));
  }
});
