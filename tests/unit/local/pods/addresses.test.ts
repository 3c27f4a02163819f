import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { assertFree, createAddressPool } from '../../../../local/pods/addresses';

describe('createAddressPool()', () => {
  it('gives out the next address each time, as new pods get new addresses', () => {
    const pool = createAddressPool('127.0.0', 11, 14);
    assert.equal(pool.take(), '127.0.0.11');
    pool.release('127.0.0.11');
    assert.equal(pool.take(), '127.0.0.12');
  });

  it('starts over after the last address, without those in use', () => {
    const pool = createAddressPool('127.0.0', 2, 4);
    const [first, second] = [pool.take(), pool.take()];
    pool.take();
    assert.equal(pool.hasFree, false);
    assert.throws(() => pool.take(), /all addresses 127\.0\.0\.2 to 127\.0\.0\.4 are in use/);
    pool.release(second);
    assert.equal(pool.hasFree, true);
    assert.equal(pool.take(), second);
    pool.release(first);
    assert.equal(pool.take(), first);
  });
});

describe('assertFree()', () => {
  it('says nothing about ports that are free, and leaves them free', async () => {
    const bindings = [{ host: '127.77.130.1', ports: [50051, 9464] }];
    await assertFree(bindings);
    await assertFree(bindings);
  });

  it('names the port that is in use, and the way out', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(50051, '127.77.130.2', resolve));
    try {
      await assert.rejects(
        assertFree([{ host: '127.77.130.2', ports: [9464, 50051] }]),
        /^StartError: 127\.77\.130\.2:50051 is in use\. Perhaps another local stack is running: .* --network /,
      );
    } finally {
      server.close();
    }
  });

  it('says what to type when the machine lacks addresses, for all of them at once', async () => {
    const listen = async (host: string) => {
      if (host !== '127.0.0.1') throw Object.assign(new Error('listen EADDRNOTAVAIL'), { code: 'EADDRNOTAVAIL' });
    };
    const bindings = ['127.0.0.1', '127.0.0.2', '127.0.0.11'].map((host) => ({ host, ports: [1, 2] }));
    await assert.rejects(
      assertFree(bindings, listen),
      /^StartError: 127\.0\.0\.2, 127\.0\.0\.11: not among .*\n {2}for address in 127\.0\.0\.2 127\.0\.0\.11; do sudo ifconfig lo0 alias \$address up; done$/,
    );
  });
});
