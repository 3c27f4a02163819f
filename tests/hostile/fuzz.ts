// Requests that no table has: sound ones with something changed at random. A seed repeats them, each by its number.
import type { Random } from '../../lab/statistics/seeded-random';
import { type Attack, byBytes, byCall } from '../server/attacks/attack';
import { framed } from '../server/http2-call';
import { frame, greeting } from '../server/http2-frames';

const SOUND = Buffer.from('\x0a\x05hello\x12\x01x');
const METHODS = ['SayHello', 'Chat'];
/** A refusal or an answer; what matters is that there is one, that it is of this call, and that others go on. */
export const ANY_ANSWER = /^(?!silence)/;

/** One more request; `random` is in [0, 1) and decides everything. */
export function fuzzedAttack(random: Random): Attack {
  const below = (limit: number) => Math.floor(random() * limit);
  const bytes = (most: number) => Buffer.from(Array.from({ length: below(most + 1) }, () => below(256)));
  const path = `/greeter.v1.Greeter/${METHODS[below(METHODS.length)]}`;
  const kinds: readonly (() => Attack)[] = [
    () => byCall('a message of random bytes', { path, body: framed(bytes(200)) }, []),
    () => byCall('a sound message with bytes changed', { path, body: framed(changed(SOUND, below)) }, []),
    () => byCall('a length that lies', { path, body: framed(SOUND, { length: below(SOUND.length * 2) }) }, []),
    () => byCall('random flags of a message', { path, body: framed(SOUND, { flag: below(256) }) }, []),
    () => byCall('random metadata', { path, headers: { [key(below)]: text(below, 300) }, body: framed(SOUND) }, []),
    () => byCall('a random path', { path: `/${text(below, 60).trim()}`, body: framed(SOUND) }, []),
    () => byCall('a random deadline', { path, headers: { 'grpc-timeout': text(below, 10) }, body: framed(SOUND) }, []),
    () => byCall('given up at random', { path, body: framed(SOUND), unfinished: true, cancelAfterMs: below(5) }, []),
    () =>
      byBytes('a random frame', Buffer.concat([greeting, frame(below(12), below(256), below(4), bytes(64))]), [], 50),
    () => byBytes('random bytes', bytes(200), [], 50),
  ];
  return (kinds[below(kinds.length)] as () => Attack)();
}

function changed(sound: Buffer, below: (limit: number) => number): Buffer {
  const copy = Buffer.from(sound);
  for (let n = 0; n <= below(4); n += 1) copy[below(copy.length)] = below(256);
  return copy;
}

/** Printable, which is what node:http2 lets out. */
function text(below: (limit: number) => number, most: number): string {
  return String.fromCharCode(...Array.from({ length: 1 + below(most) }, () => 0x20 + below(0x5f)));
}

function key(below: (limit: number) => number): string {
  return `x-${Array.from({ length: 1 + below(20) }, () => 'abcdefghijklmnopqrstuvwxyz0123456789-_.'[below(39)]).join('')}`;
}
