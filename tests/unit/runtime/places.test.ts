import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { type Guest, Places } from '../../../runtime/places';

class Named extends EventEmitter implements Guest {
  isGone = false;
  destroy(): void {
    this.isGone = true;
    this.emit('close');
  }
}

function come(places: Places, count: number): Named[] {
  const guests = Array.from({ length: count }, () => new Named());
  for (const guest of guests) places.take(guest);
  return guests;
}

describe('Places', () => {
  it('gives the place of the oldest to one too many', () => {
    assert.deepEqual(
      come(new Places(2), 4).map(({ isGone }) => isGone),
      [true, true, false, false],
    );
  });

  it('spares one that is being answered, until it is', () => {
    const places = new Places(2);
    const answer = new EventEmitter();
    const [served, silent] = come(places, 2);
    places.keep(served as Named, answer);
    come(places, 1);
    assert.deepEqual([served?.isGone, silent?.isGone], [false, true]);
    answer.emit('close');
    come(places, 1);
    assert.equal(served?.isGone, true);
  });

  it('sends the newest away when all are being answered', () => {
    const places = new Places(1);
    const [served] = come(places, 1);
    places.keep(served as Named, new EventEmitter());
    const [newest] = come(places, 1);
    assert.deepEqual([served?.isGone, newest?.isGone], [false, true]);
  });

  it('has a place again when one has left', () => {
    const places = new Places(1);
    come(places, 1)[0]?.destroy();
    assert.equal(come(places, 1)[0]?.isGone, false);
  });
});
