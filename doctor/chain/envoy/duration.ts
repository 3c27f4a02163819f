// Lengths of time as Envoy's configuration has them: `1s`, `0.25s`.
import type { Placed } from '../../../manifest-reader/positions/placed';

/** Seconds; undefined when it is not there, or no length of time. */
export function seconds(at: Placed): number | undefined {
  const text = at.text();
  if (text === undefined) {
    // A message written out: { seconds: 1, nanos: 500000000 }
    const [whole, nanos] = [at.get('seconds').number(), at.get('nanos').number()];
    return whole === undefined && nanos === undefined ? undefined : (whole ?? 0) + (nanos ?? 0) / 1e9;
  }
  const amount = /^(\d+(?:\.\d+)?)s$/.exec(text)?.[1];
  return amount === undefined ? undefined : Number(amount);
}

/** A percentage, or any number that Envoy wraps: `{ value: 50 }`, `50`. */
export function wrapped(at: Placed): number | undefined {
  return at.number() ?? at.get('value').number();
}
