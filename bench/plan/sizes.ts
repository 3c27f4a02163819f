// How long a run measures: the full one at most 25 minutes, the quick one for CI at most 4, on two CPUs that do nothing else.
import type { LoadFacts } from '../records/record';

export interface Sizes {
  readonly rounds: { readonly servers: number; readonly nodes: number; readonly paths: number };
  /** Length of each measured stretch. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

export const FULL: Sizes = { rounds: { servers: 7, nodes: 5, paths: 6 }, seconds: 2, warmUpSeconds: 1.5 };
export const QUICK: Sizes = { rounds: { servers: 5, nodes: 0, paths: 5 }, seconds: 1, warmUpSeconds: 1 };

/** Far below what any server of the comparison can do, so that none queues. */
const SERVER_RATE = 1500;
const PATH_RATE = 2000;
/** As many as h2load has in one of its examples: enough that a server always has work. */
const IN_FLIGHT = 25;

export function serverLoads({ seconds }: Sizes): readonly LoadFacts[] {
  return [fixed(SERVER_RATE, 4, seconds), saturated(4, seconds / 2)];
}

export function pathLoads({ seconds }: Sizes): readonly LoadFacts[] {
  return [fixed(PATH_RATE, 1, seconds), fixed(PATH_RATE, 10, seconds)];
}

function fixed(ratePerSecond: number, connections: number, seconds: number): LoadFacts {
  const label = `${ratePerSecond.toLocaleString('en-US')} calls/s on ${connections} connection${connections === 1 ? '' : 's'}`;
  return { id: `fixed-${connections}`, label, ratePerSecond, connections, inFlight: IN_FLIGHT, seconds };
}

function saturated(connections: number, seconds: number): LoadFacts {
  const label = `as many as are answered, ${connections} × ${IN_FLIGHT} at once (closed loop)`;
  return { id: 'saturated', label, connections, inFlight: IN_FLIGHT, seconds };
}
