import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { placeValue } from '../../../../manifest-reader/positions/place-value';

describe('placeValue()', () => {
  const object = placeValue(
    {
      metadata: { annotations: { 'a.b/c': 'd' } },
      spec: { ports: [{ port: 80 }] },
      data: { 'e.yaml': 'x: 1\ny: 2\n' },
    },
    'Service/shop/cart',
  );

  it('names the field of each value', () => {
    const port = object.get('spec', 'ports', 0, 'port');
    assert.equal(port.number(), 80);
    assert.deepEqual(port.place, { file: 'Service/shop/cart', line: 0, field: 'spec.ports[0].port' });
    assert.equal(object.get('metadata', 'annotations', 'a.b/c').place.field, 'metadata.annotations["a.b/c"]');
  });

  it('gives what is missing the place of what it is missing in', () => {
    assert.equal(object.get('spec', 'selector').place.field, 'spec');
  });

  it('counts the lines of a text', () => {
    const place = { file: 'Service/shop/cart', line: 0, field: 'data["e.yaml"]', inner: 2 };
    assert.deepEqual(object.get('data', 'e.yaml').placeOfLine(2), place);
  });
});
