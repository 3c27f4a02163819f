// Values that Envoy's configuration writes as protobuf does in JSON.
import type { Placed } from '../../../manifest-reader/positions/placed';
import { seconds } from '../duration';

/** `0.25s`, or a message written out: { seconds: 1, nanos: 500000000 }. Undefined when it is neither. */
export function durationSeconds(at: Placed): number | undefined {
  const text = at.text();
  // Envoy refuses 1m.
  if (text !== undefined) return /^[\d.]+s$/.test(text) ? seconds(text) : undefined;
  const [whole, nanos] = [at.get('seconds').number(), at.get('nanos').number()];
  return whole === undefined && nanos === undefined ? undefined : (whole ?? 0) + (nanos ?? 0) / 1e9;
}

/** A percentage, or any number that Envoy wraps: `{ value: 50 }`, `50`. */
export function wrappedNumber(at: Placed): number | undefined {
  return at.number() ?? at.get('value').number();
}

/** The name of a value of an enum, which Envoy takes in small letters too, or as its number. @param names by number */
export function enumName(at: Placed, names: readonly string[]): string | undefined {
  return typeof at.value === 'number' ? (names[at.value] ?? String(at.value)) : at.text()?.toUpperCase();
}
