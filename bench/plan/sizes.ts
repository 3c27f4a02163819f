// How long a run measures: the full one at most 25 minutes, the quick one for CI at most 4, on two CPUs that do nothing else.
import type { LoadFacts } from '../records/record';

export interface Sizes {
  readonly rounds: Readonly<Record<'servers' | 'paths' | 'settings' | 'growth' | 'nodes' | 'capacity', number>>;
  /** Length of each measured stretch. */
  readonly seconds: number;
  /** Calls per second at a fixed rate, where they are not the usual ones. */
  readonly rate?: number;
}

export const FULL: Sizes = {
  rounds: { servers: 5, paths: 4, settings: 3, growth: 3, nodes: 3, capacity: 3 },
  seconds: 1.5,
};
export const QUICK: Sizes = {
  rounds: { servers: 4, paths: 4, settings: 3, growth: 3, nodes: 3, capacity: 3 },
  seconds: 1,
};

/** As fast as calls are answered, before anything is counted. */
export interface WarmUp {
  readonly calls: number;
  /** At most. */
  readonly seconds: number;
}

/** By then the compiler of Node.js has seen every function of the way often enough. */
export const WARM_UP: WarmUp = { calls: 10_000, seconds: 3 };
/** For programs that are compiled before they run: connections and caches. */
export const SHORT_WARM_UP: WarmUp = { calls: 2000, seconds: 2 };

/** Far below what any server of the comparison can do, so that none queues. */
const SERVER_RATE = 1500;
const PATH_RATE = 2000;
/** As many as h2load has in one of its examples: enough that a server always has work. */
const IN_FLIGHT = 25;

export function serverLoads({ seconds, rate }: Sizes): readonly LoadFacts[] {
  return [fixed(rate ?? SERVER_RATE, 4, seconds), saturated(4, seconds / 2)];
}

export function pathLoads({ seconds, rate = PATH_RATE }: Sizes): readonly LoadFacts[] {
  return [fixed(rate, 1, seconds), fixed(rate, 10, seconds)];
}

/** One load for rows that differ little: what it saves goes into rounds. */
export function oneLoad({ seconds, rate = PATH_RATE }: Sizes): readonly LoadFacts[] {
  return [fixed(rate, 10, seconds)];
}

/** Each a quarter more than the one before, to two digits. */
const LADDER = [
  1000, 1300, 1600, 2000, 2500, 3200, 4000, 5000, 6300, 8000, 10_000, 13_000, 16_000, 20_000, 25_000, 32_000,
];

export function ladderLoads({ seconds }: Sizes): readonly LoadFacts[] {
  return LADDER.map((rate) => ({ ...fixed(rate, 4, seconds / 2), id: `rate-${rate}` }));
}

function fixed(ratePerSecond: number, connections: number, seconds: number): LoadFacts {
  const label = `${ratePerSecond.toLocaleString('en-US')} calls/s on ${connections} connection${connections === 1 ? '' : 's'}`;
  return { id: `fixed-${connections}`, label, ratePerSecond, connections, inFlight: IN_FLIGHT, seconds };
}

function saturated(connections: number, seconds: number): LoadFacts {
  const label = `as many as are answered, ${connections} × ${IN_FLIGHT} at once (closed loop)`;
  return { id: 'saturated', label, connections, inFlight: IN_FLIGHT, seconds };
}
