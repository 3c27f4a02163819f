// Ways to break a system that several experiments try.
import type { Mutation } from '../experiment';

/** Breaks what must survive a pod that is gone at once. */
export const NO_RETRIES: Mutation = {
  name: 'no-retries',
  text: 'No layer tries a second pod.',
  backends: ['local', 'cluster'],
  change: { envoys: { retries: false }, load: { env: { RETRIES: 'false' } } },
  mustFail: ['failed'],
};

/** Breaks what must follow DNS soon. */
export function defaultDns(mustFail: Mutation['mustFail']): Mutation {
  return {
    name: 'default-dns',
    text: 'Envoy asks DNS at its default interval, and caches the answers.',
    backends: ['local', 'cluster'],
    change: { envoys: { dns: 'envoy-defaults' } },
    mustFail,
  };
}
