// Tells Envoy's configuration from other YAML, and reads it with names in one spelling.
import { type Placed, placed } from '../../manifest-reader/positions/placed';

/** Only these lie at the top of a bootstrap (Envoy's config.bootstrap.v3.Bootstrap) and hold what calls go through. */
const TOP = ['static_resources', 'staticResources', 'dynamic_resources', 'dynamicResources'];

export function isEnvoyBootstrap(document: Placed): boolean {
  if (document.get('apiVersion').value !== undefined) return false;
  return TOP.some((key) => document.get(key).entries().length > 0);
}

/**
 * The same with each key as the proto has it: Envoy takes `connectTimeout` for `connect_timeout`. Keys that no field of a
 * message has, such as names of extensions, stay as they are.
 */
export function withProtoNames(at: Placed): Placed {
  const items = at.items();
  const entries = at.entries();
  const inner =
    items.length > 0
      ? items.map(withProtoNames)
      : new Map(entries.map(([key, value]) => [protoName(key), withProtoNames(value)]));
  const hasInner = items.length > 0 || entries.length > 0;
  const { value, place, lastLine } = at;
  return placed({ value, place, lastLine, inner: hasInner ? inner : undefined, literalAfter: undefined });
}

function protoName(key: string): string {
  return /^[a-z][a-zA-Z0-9]*$/.test(key) ? key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
}
