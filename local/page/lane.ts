// The calls of one client as the page shows them, counted from its ledger, line by line: totals since the start, and who
// answered in each half second of the last minute. Knows no clock: a line says when its call ended.
import type { LedgerLine } from '../../client/outcome';
import { RecentLatencies } from './recent-latencies';

/** Width of a slot, ms. */
export const SLOT_MS = 500;
/** How far back the chart goes, ms. */
export const WINDOW_MS = 60_000;
/** Rates and shares of the table are those of the last slots that are over. */
const RATE_SLOTS = 10;
const KEPT_SLOTS = WINDOW_MS / SLOT_MS + 2;

/** Every call that was sent and has ended is in `answered` or in `lost`. */
export interface LaneTotals {
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  /** Calls for which more than one server was asked. */
  readonly askedTwice: number;
  /** Calls whose time came and passed unsent: the client could not keep up. They are not in `sent`. */
  readonly neverSent: number;
}

/** What ended in one slot. */
export interface Slot {
  /** Ms since the epoch over SLOT_MS, rounded down. */
  readonly at: number;
  /** Answers by pod, and by Envoy. */
  readonly pods: Readonly<Record<string, number>>;
  readonly envoys: Readonly<Record<string, number>>;
  readonly lost: number;
}

export interface RecentUse {
  readonly perSecond: number;
  /** Of all recent answers, 0-1. */
  readonly share: number;
  /** Ms; undefined without an answer. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

interface Counts {
  at: number;
  pods: Record<string, number>;
  envoys: Record<string, number>;
  lost: number;
}

export class Lane {
  readonly #totals = { sent: 0, answered: 0, lost: 0, askedTwice: 0, neverSent: 0 };
  readonly #slots = new Map<number, Counts>();
  readonly #changed = new Set<number>();
  readonly #latencies = new RecentLatencies();

  record(line: LedgerLine): void {
    const endMs = line.sentMs + line.latencyMs;
    const isOk = line.code === 'OK';
    const totals = this.#totals;
    totals.sent++;
    totals.neverSent += line.neverSent ?? 0;
    if (isOk) totals.answered++;
    else totals.lost++;
    if (line.attempts > 1) totals.askedTwice++;
    const slot = this.#slot(Math.floor(endMs / SLOT_MS));
    if (!isOk) {
      slot.lost++;
      return;
    }
    slot.pods[line.pod] = (slot.pods[line.pod] ?? 0) + 1;
    if (line.via !== '') slot.envoys[line.via] = (slot.envoys[line.via] ?? 0) + 1;
    for (const name of new Set([line.pod, line.via])) this.#latencies.add(name, endMs, line.latencyMs);
  }

  get totals(): LaneTotals {
    return { ...this.#totals };
  }

  /** The slots of the last minute, oldest first. */
  slots(): readonly Slot[] {
    return [...this.#slots.values()].sort((left, right) => left.at - right.at);
  }

  /** Slots that have changed since this was called last. */
  changedSlots(): readonly Slot[] {
    const changed = [...this.#changed].flatMap((at) => this.#slots.get(at) ?? []);
    this.#changed.clear();
    return changed;
  }

  /** @param names of pods, or of Envoys */
  recentUse(names: readonly string[], field: 'pods' | 'envoys', nowMs: number): ReadonlyMap<string, RecentUse> {
    // The current slot is not over, and lines of the one before may still be on their way.
    const last = Math.floor(nowMs / SLOT_MS) - 2;
    const slots = Array.from({ length: RATE_SLOTS }, (_, n) => this.#slots.get(last - n));
    const counts = names.map((name) => slots.reduce((sum, slot) => sum + (slot?.[field][name] ?? 0), 0));
    const all = slots.reduce((sum, slot) => sum + totalOf(slot?.[field]), 0);
    const seconds = (RATE_SLOTS * SLOT_MS) / 1000;
    return new Map(
      names.map((name, index) => {
        const count = counts[index] ?? 0;
        const latencies = this.#latencies.of(name, nowMs);
        return [name, { perSecond: count / seconds, share: all === 0 ? 0 : count / all, ...latencies }];
      }),
    );
  }

  /** Drops what is older than the window. */
  forget(nowMs: number): void {
    const oldest = Math.floor(nowMs / SLOT_MS) - KEPT_SLOTS;
    for (const at of this.#slots.keys()) if (at < oldest) this.#slots.delete(at);
    this.#latencies.forget(nowMs);
  }

  #slot(at: number): Counts {
    let slot = this.#slots.get(at);
    if (slot === undefined) {
      slot = { at, pods: {}, envoys: {}, lost: 0 };
      this.#slots.set(at, slot);
    }
    this.#changed.add(at);
    return slot;
  }
}

function totalOf(counts: Readonly<Record<string, number>> = {}): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
