// The mutation of what must survive a pod that is gone at once.
import type { Mutation } from '../experiment';

export const NO_RETRIES: Mutation = {
  name: 'no-retries',
  text: 'No layer asks a second pod.',
  backends: ['local', 'cluster'],
  change: { envoys: { retries: false }, load: { env: { RETRIES: 'false' } } },
  mustFail: ['failed'],
};
