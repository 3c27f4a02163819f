// What came of each thing that was done: begun by a person, over when the system has answered to it, told in words with the
// calls that it cost. The costs are those of the whole lane in that time, so what is done at once is counted together.
import type { LaneTotals } from './lane';

export interface Outcome {
  readonly id: number;
  readonly atMs: number;
  /** What was done: `grpc-server-3 killed`. */
  readonly text: string;
  /** What came of it; undefined while it is under way. */
  readonly result: string | undefined;
}

export interface Undertaking {
  readonly text: string;
  /** What came of it, without the calls; undefined while it is not over. */
  readonly look: () => string | undefined;
  /** Calls that end this much later still belong to it, ms. */
  readonly settleMs?: number;
}

export interface Outcomes {
  /** @returns its number */
  begin(undertaking: Undertaking): number;
  /** It could not be done. */
  fail(id: number, why: string): void;
  /** Looks whether something is over. */
  check(): void;
  /** The last ones, oldest first. */
  all(): readonly Outcome[];
}

export interface OutcomesOptions {
  readonly now: () => number;
  readonly totals: () => LaneTotals;
}

const KEPT = 20;
const GIVE_UP_MS = 90_000;
const SETTLE_MS = 1000;

interface Entry extends Undertaking {
  readonly id: number;
  readonly atMs: number;
  readonly before: LaneTotals;
  over: { readonly atMs: number; readonly words: string } | undefined;
  result: string | undefined;
  isShared: boolean;
}

export function createOutcomes({ now, totals }: OutcomesOptions): Outcomes {
  const entries: Entry[] = [];
  let last = 0;
  const isUnderWay = ({ result }: Entry) => result === undefined;

  function conclude(entry: Entry, words: string): void {
    const after = totals();
    const again = after.askedTwice - entry.before.askedTwice;
    const lost = after.lost - entry.before.lost;
    const shared = entry.isShared ? ', together with what else was done meanwhile' : '';
    entry.result = `${words}; ${count(again, 'call')} asked again, ${lost} lost${shared}`;
  }

  return {
    begin: (undertaking) => {
      const others = entries.filter(isUnderWay);
      for (const other of others) other.isShared = true;
      const entry: Entry = {
        ...undertaking,
        id: ++last,
        atMs: now(),
        before: totals(),
        over: undefined,
        result: undefined,
        isShared: others.length > 0,
      };
      entries.push(entry);
      if (entries.length > KEPT) entries.shift();
      return entry.id;
    },
    fail: (id, why) => {
      const entry = entries.find((each) => each.id === id);
      if (entry !== undefined) entry.result = `failed: ${why}`;
    },
    check: () => {
      for (const entry of entries.filter(isUnderWay)) {
        const words = entry.over === undefined ? entry.look() : undefined;
        if (words !== undefined) entry.over = { atMs: now(), words };
        const { over, settleMs = SETTLE_MS } = entry;
        if (over !== undefined && now() - over.atMs >= settleMs) conclude(entry, over.words);
        if (over === undefined && now() - entry.atMs > GIVE_UP_MS) {
          conclude(entry, `not over after ${GIVE_UP_MS / 1000} s`);
        }
      }
    },
    all: () => entries.map(({ id, atMs, text, result }) => ({ id, atMs, text, result })),
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
