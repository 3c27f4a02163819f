// Tells Envoy's configuration from other YAML, and reads it with names in one spelling.
import { type Placed, placed } from '../../manifest-reader/positions/placed';

/** Only these lie at the top of a bootstrap (Envoy's config.bootstrap.v3.Bootstrap) and hold what calls go through. */
const TOP = ['static_resources', 'staticResources', 'dynamic_resources', 'dynamicResources'];

export function isEnvoyBootstrap(document: Placed): boolean {
  if (document.get('apiVersion').value !== undefined) return false;
  return TOP.some((key) => document.get(key).entries().length > 0);
}

/**
 * The same as Envoy reads it. Keys are as the proto has them: Envoy takes `connectTimeout` for `connect_timeout`; keys that
 * no field of a message has, such as names of extensions, stay as they are. One message stands for a list of one.
 */
export function asEnvoyReads(at: Placed): Placed {
  const items = at.items();
  const entries = at.entries();
  const { value, place, lastLine } = at;
  if (items.length > 0) {
    return placed({ value, place, lastLine, inner: items.map(asEnvoyReads), literalAfter: undefined });
  }
  if (entries.length === 0) return at;
  const inner = new Map(entries.map(([key, each]) => [protoName(key), asEnvoyReads(each)]));
  const self: Placed = {
    ...placed({ value, place, lastLine, inner, literalAfter: undefined }),
    items: () => [self],
  };
  return self;
}

function protoName(key: string): string {
  return /^[a-z][a-zA-Z0-9]*$/.test(key) ? key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
}
