// What is known of each pod: its life from the stack, its first call from the ledger, what Envoys count of it. Gives each a
// place, which is its colour as long as the chart may show it.
import type { HostCounts } from '../envoy/host-counts';
import type { PodEvent, PodState } from '../pods/pod';
import { WINDOW_MS } from './lane';

export type Tier = 'server' | 'envoy';

export interface PodRecord {
  readonly name: string;
  readonly tier: Tier;
  readonly place: number;
  readonly startedMs: number;
  state: PodState;
  label: string;
  changedMs: number;
  readyMs: number | undefined;
  firstCallMs: number | undefined;
}

export interface EnvoyCounts {
  readonly inFlight: number;
  readonly attempts: number;
  readonly failed: number;
}

export class PodBook {
  readonly #pods = new Map<string, PodRecord>();
  /** Newest look of each Envoy at each server, and what was counted before a counter began anew. */
  readonly #looks = new Map<string, ReadonlyMap<string, HostCounts>>();
  readonly #sums = new Map<string, { attempts: number; failed: number }>();

  constructor(private readonly serverDeployment: string) {}

  get(name: string): PodRecord | undefined {
    return this.#pods.get(name);
  }

  all(tier: Tier): readonly PodRecord[] {
    return [...this.#pods.values()].filter((pod) => pod.tier === tier);
  }

  /** Returns the pod as it is after the event. */
  onEvent({ atMs, pod: name, state, detail }: PodEvent): PodRecord {
    const tier: Tier = name.startsWith(`${this.serverDeployment}-`) ? 'server' : 'envoy';
    let pod = this.#pods.get(name);
    if (pod === undefined) {
      const place = this.#freePlace(tier);
      const unknown = { readyMs: undefined, firstCallMs: undefined };
      pod = { name, tier, place, startedMs: atMs, state, label: state, changedMs: atMs, ...unknown };
      this.#pods.set(name, pod);
    }
    pod.state = state;
    pod.changedMs = atMs;
    pod.label = state === 'died' && detail?.split('\n')[0]?.includes('SIGKILL') ? 'killed' : state;
    if (state === 'ready') pod.readyMs ??= atMs;
    return pod;
  }

  /** @param hosts what `envoy` counts of each server, by the server's name */
  onLook(envoy: string, hosts: ReadonlyMap<string, HostCounts>): void {
    const before = this.#looks.get(envoy);
    for (const [server, counts] of hosts) {
      const old = before?.get(server);
      const attempts = since(counts.attempts, old?.attempts);
      const failed = since(counts.failedAttempts, old?.failedAttempts);
      for (const name of [envoy, server]) {
        const sum = this.#sums.get(name) ?? { attempts: 0, failed: 0 };
        this.#sums.set(name, { attempts: sum.attempts + attempts, failed: sum.failed + failed });
      }
    }
    this.#looks.set(envoy, hosts);
  }

  countsOf(name: string): EnvoyCounts {
    const looks = this.#looks.get(name);
    const inFlight =
      looks === undefined
        ? [...this.#looks.values()].map((hosts) => hosts.get(name)?.inFlight ?? 0)
        : [...looks.values()].map((host) => host.inFlight);
    const { attempts, failed } = this.#sums.get(name) ?? { attempts: 0, failed: 0 };
    return { inFlight: inFlight.reduce((sum, count) => sum + count, 0), attempts, failed };
  }

  /** Whether no Envoy that takes calls sends any to this server. */
  isTakenOut(server: string): boolean {
    const envoys = this.all('envoy').filter(({ state }) => state === 'ready');
    const out = ({ name }: PodRecord) => {
      const host = this.#looks.get(name)?.get(server);
      return this.#looks.has(name) && (host === undefined || host.flags.length > 0);
    };
    return envoys.length > 0 && envoys.every(out);
  }

  /** Drops pods that the chart does not show any more. */
  forget(nowMs: number): void {
    for (const { name, state, changedMs } of this.#pods.values()) {
      if (state !== 'gone' || nowMs - changedMs <= WINDOW_MS) continue;
      for (const map of [this.#pods, this.#looks, this.#sums]) map.delete(name);
    }
  }

  #freePlace(tier: Tier): number {
    const taken = new Set(this.all(tier).map(({ place }) => place));
    let place = 0;
    while (taken.has(place)) place++;
    return place;
  }
}

/** A counter that went back has begun anew. */
function since(now: number, before = 0): number {
  return now >= before ? now - before : now;
}
