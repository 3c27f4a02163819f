// What docs/clients.md shows of runs, taken from their raw records: clients/measured.json, so that the page can be written
// again, and checked, without them.
import { countCodes } from '../lab/claims/failed-calls';
import { callsIn, type ForeignFacts, foreignLoads, newEnvoyTimes, type Settings } from '../lab/claims/foreign-clients';
import { eventsOf } from '../lab/records/event';
import { phasesOf } from '../lab/records/phases';
import type { RunData } from '../lab/records/run-data';
import { failed, ofLoad } from '../lab/records/selection';

export interface Measured {
  /** Newest run first; the page shows those of the newest one, and how often each client lost something in all. */
  readonly runs: readonly MeasuredRun[];
}

export interface MeasuredRun {
  readonly startedAt: string;
  readonly commit: string;
  readonly quick: boolean;
  readonly seed: number;
  readonly envoy: string;
  readonly cpus: number;
  readonly ratePerSecond: number;
  /** Kills and hangs, for the page's words. */
  readonly sizes: Readonly<Record<string, number | string | readonly number[]>>;
  readonly clients: readonly MeasuredClient[];
}

export interface MeasuredClient {
  readonly client: string;
  readonly settings: Settings;
  /** By phase. */
  readonly phases: Readonly<
    Record<string, { readonly calls: number; readonly failed: number; readonly codes: string }>
  >;
  /** s; null when it never called the new Envoy. */
  readonly newEnvoyS: number | null;
  /** 0–1, of its calls. */
  readonly newEnvoyShare: number;
}

/** The phases that the page has a column for. */
export const COLUMNS = ['steady', 'envoys-leave', 'envoys-die', 'envoy-hangs', 'servers-leave', 'servers-die'] as const;

/** @param data of an honest run of `foreign-clients` */
export function measureClients(data: RunData): MeasuredRun {
  const { params, events, calls } = data;
  const started = new Set(eventsOf(events, 'load-start').map(({ subject = '' }) => subject));
  const loads = foreignLoads(String(params.sizes.clients).split(', ')).filter(({ load }) => started.has(load));
  const facts: ForeignFacts = { calls, events, phases: phasesOf(data), loads };
  return {
    startedAt: params.startedAt,
    commit: params.commit,
    quick: params.quick,
    seed: params.seed,
    envoy: params.versions.envoy ?? '',
    cpus: params.machine.cpus,
    ratePerSecond: Number(params.sizes.ratePerSecond),
    sizes: params.sizes,
    clients: loads.map(({ client, settings, load }) => {
      const found = newEnvoyTimes(facts, settings).find(({ name }) => name === client);
      const phases = COLUMNS.map((phase) => {
        const own = ofLoad(callsIn(facts, settings, phase), load);
        const lost = failed(own);
        return [phase, { calls: own.length, failed: lost.length, codes: countCodes(lost) }] as const;
      });
      const firstCallMs = found?.firstCallMs;
      return {
        client,
        settings,
        phases: Object.fromEntries(phases),
        newEnvoyS: firstCallMs === undefined ? null : Math.round(firstCallMs / 100) / 10,
        newEnvoyShare: Math.round((found?.share ?? 0) * 1000) / 1000,
      };
    }),
  };
}
