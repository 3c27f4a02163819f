// The same load under one balancing policy after the other: one load each, named as the run. Each experiment says what
// else differs, and what it reads.
import { enoughCalls } from '../claims/call-count';
import { inServiceAt } from '../claims/in-service';
import type { RunContext } from '../experiment';
import type { Call } from '../records/call';
import type { MeasuredClaim } from '../records/claim';
import type { Recorder } from '../records/recorder';
import type { RunData } from '../records/run-data';
import { answersBy, ofLoad } from '../records/selection';
import { ROUTING, SETTLING } from '../steps/waits';
import type { EnvoySettings, System } from '../system/system';

export interface PolicyRun {
  /** Of its phase and of its load. */
  readonly name: string;
  readonly label: string;
  readonly settings: EnvoySettings;
}

/** As shipped, so that a change of what is shipped shows. */
export const ROUND_ROBIN: PolicyRun = { name: 'round-robin', label: 'ROUND_ROBIN', settings: {} };
export const LEAST_REQUEST: PolicyRun = {
  name: 'least-request',
  label: 'LEAST_REQUEST, 2 choices',
  settings: { policy: 'LEAST_REQUEST' },
};
export const FULL_SCAN: PolicyRun = {
  name: 'full-scan',
  label: 'LEAST_REQUEST, full scan',
  settings: { policy: 'LEAST_REQUEST_FULL_SCAN' },
};
export const RANDOM: PolicyRun = { name: 'random', label: 'RANDOM', settings: { policy: 'RANDOM' } };

export type PolicySizes = { readonly calls: number; readonly ratePerSecond: number };

/** Under each policy, so many calls through all Envoys to `servers` pods. */
export async function runPolicies(
  system: System,
  recorder: Recorder,
  { pause }: Pick<RunContext, 'pause'>,
  runs: readonly PolicyRun[],
  { calls: count, ratePerSecond, servers }: PolicySizes & { readonly servers: number },
): Promise<void> {
  for (const { name, settings } of runs) {
    recorder.phase('changing-settings');
    await system.configureEnvoys(settings, SETTLING);
    await system.untilRouted(servers, ROUTING);
    // The cost of the change itself must not be measured.
    await pause(1000);
    recorder.phase(name);
    const load = await system.startLoad({ name, target: 'envoys', ratePerSecond, count });
    await load.finished;
  }
}

/** Every policy has its calls: the smallest number of OK answers. */
export function everyPolicyHas(calls: number, runs: readonly PolicyRun[]): MeasuredClaim<Pick<RunData, 'calls'>> {
  return {
    ...enoughCalls(calls, (facts) => runs.map((run) => answeredUnder(facts, run))),
    text: 'All planned calls are answered under each policy.',
  };
}

export function answeredUnder({ calls }: Pick<RunData, 'calls'>, { name }: PolicyRun): readonly Call[] {
  return ofLoad(calls, name).filter(({ code }) => code === 'OK');
}

/** OK answers of each pod that was in service when the run began, and of any other that answered. */
export function countsUnder(
  { calls, events }: Pick<RunData, 'calls' | 'events'>,
  run: PolicyRun,
): ReadonlyMap<string, number> {
  const answered = answeredUnder({ calls }, run);
  return answersBy(answered, 'pod', inServiceAt(events, 'grpc-server', answered[0]?.sentMs ?? 0));
}
