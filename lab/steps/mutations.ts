// Ways to break a system that several experiments try.
import type { Mutation } from '../experiment';

/** Breaks what must survive a pod that is gone at once. */
export const NO_RETRIES: Mutation = {
  name: 'no-retries',
  text: 'No layer asks a second pod.',
  backends: ['local', 'cluster'],
  change: { envoys: { retries: false }, load: { env: { RETRIES: 'false' } } },
  mustFail: ['failed'],
};

/** Breaks what must follow DNS soon. */
export function defaultDns(mustFail: Mutation['mustFail']): Mutation {
  return {
    name: 'default-dns',
    text: 'Envoy asks DNS as often as it does by default, and caches what it is told.',
    backends: ['local', 'cluster'],
    change: { envoys: { dns: 'envoy-defaults' } },
    mustFail,
  };
}
