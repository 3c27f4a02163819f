// How many calls one Envoy is for. All services of a folder share the Envoys, so it is one number for all of them.
import type { Service } from './service';

/**
 * Calls per second, where the user does not say it. An Envoy can take many times that; more pods than two are for the case
 * that one of them is lost. The shipped number is for watching how pods are added, and would give an Envoy per server.
 */
export const DEFAULT_CALLS_PER_ENVOY = 500;

/** CPU of one call in Envoy, both directions, ms: 0.075 to 0.08 in user space and 0.035 in the kernel, on a 2-core machine. */
const CPU_MS_PER_CALL = 0.12;

/** What the autoscaler of the Envoys aims at, calls per second. What was said with several services: the largest. */
export function callsPerEnvoy(services: readonly Service[]): number {
  const said = services.flatMap(({ scaling }) => scaling.callsPerEnvoy ?? []);
  if (said.length > 0) return Math.max(...said);
  return Math.max(DEFAULT_CALLS_PER_ENVOY, ...services.map(({ scaling }) => scaling.callsPerPod));
}

/** The CPU request of an Envoy that passes on so many calls, millicores; never below the shipped one. */
export function cpuRequest(services: readonly Service[], shipped: number): number {
  return Math.max(shipped, Math.ceil(callsPerEnvoy(services) * CPU_MS_PER_CALL));
}
