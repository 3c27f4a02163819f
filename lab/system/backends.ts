// Where experiments can run. A backend is added by its line here.
import type { Backend } from '../records/params';
import { createClusterSystem } from './cluster/cluster-system';
import { createLocalSystem } from './local/local-system';
import type { SystemFactory } from './system-factory';

export const BACKENDS: Readonly<Partial<Record<Backend, SystemFactory>>> = {
  local: createLocalSystem,
  cluster: createClusterSystem,
};
