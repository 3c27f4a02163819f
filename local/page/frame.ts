// What the page is told: all it knows comes in frames of this form, as JSON.
import type { PodState } from '../pods/pod';
import type { LaneTotals, Slot } from './lane';
import type { Outcome } from './outcomes';

export type MarkKind = 'done' | 'dns' | 'ready' | 'first' | 'leave' | 'died' | 'state';

/** Something that happened, for the time axis and the list beside it. */
export interface Mark {
  readonly id: number;
  readonly atMs: number;
  readonly kind: MarkKind;
  /** Whose life it belongs to; left out where a person did something. */
  readonly tier?: 'server' | 'envoy';
  /** One or two words, for the chart. */
  readonly label: string;
  /** The whole sentence. */
  readonly text: string;
}

/** One pod. Answers, rates and latencies are from the ledger; in flight, attempts and failures as the Envoys count them. */
export interface Row {
  readonly name: string;
  readonly state: PodState;
  /** `killed`, `hangs`, …: what to call its state. */
  readonly label: string;
  readonly perSecond: number;
  readonly share: number;
  readonly inFlight: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly failed: number;
  readonly attempts: number;
  readonly isDraining: boolean;
  /** Why an order to it is not possible, by the order's name; orders that are possible are left out. */
  readonly cannot: Readonly<Record<string, string>>;
}

export interface LaneFrame {
  readonly totals: LaneTotals;
  /** All slots of the last minute in the first frame, those that have changed in later ones. */
  readonly slots: readonly Slot[];
}

export interface Frame {
  readonly isFirst: boolean;
  readonly atMs: number;
  readonly slotMs: number;
  readonly windowMs: number;
  readonly envoy: LaneFrame;
  readonly direct: LaneFrame;
  /** Every pod that was ever seen has its place, which gives it its colour. */
  readonly places: Readonly<Record<string, number>>;
  readonly servers: readonly Row[];
  readonly envoys: readonly Row[];
  readonly marks: readonly Mark[];
  readonly outcomes: readonly Outcome[];
  readonly ratePerSecond: number;
  readonly policy: string;
  /** As `cannot` of a row, for orders to the whole. */
  readonly cannot: Readonly<Record<string, string>>;
  /** The stack has ended; no frame follows. */
  readonly hasEnded: boolean;
}
