import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serviceName } from '../../../../doctor/chain/service';

describe('serviceName()', () => {
  for (const [host, expected] of [
    ['cart', 'shop/cart'],
    ['cart.store', 'store/cart'],
    ['cart.store.svc', 'store/cart'],
    ['cart.store.svc.cluster.local', 'store/cart'],
    ['cart.store.svc.example.internal.', 'store/cart'],
    ['10.0.0.1', undefined],
    ['db.example.com', undefined],
    ['cart-0.cart.store.svc.cluster.local', undefined],
    ['', undefined],
    ['Cart_1', undefined],
  ] as const) {
    it(`takes ${host || 'nothing'} for ${expected ?? 'no Service'}`, () => {
      const found = serviceName(host, 'shop');
      assert.equal(found && `${found.namespace}/${found.name}`, expected);
    });
  }
});
