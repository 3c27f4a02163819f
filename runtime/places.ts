// Room for so many connections. One too many takes the place of the oldest that waits for nothing: who connects and says
// nothing, or went silent, holds no place against a probe. Refusing the newest would hand the port to whoever came first.
import type { EventEmitter } from 'node:events';

export interface Guest extends EventEmitter {
  destroy(): unknown;
}

export class Places {
  /** Oldest first. */
  readonly #guests = new Set<Guest>();
  /** Those whose request is being answered. */
  readonly #served = new Set<Guest>();

  constructor(private readonly most: number) {}

  /** Lets `guest` in until it closes. */
  take(guest: Guest): void {
    this.#guests.add(guest);
    guest.once('close', () => {
      this.#guests.delete(guest);
      this.#served.delete(guest);
    });
    if (this.#guests.size <= this.most) return;
    // If all are being answered, the newest can only be one of them too many.
    const leaves = [...this.#guests].find((each) => !this.#served.has(each)) ?? guest;
    this.#guests.delete(leaves);
    leaves.destroy();
  }

  /** `guest` keeps its place until `answer` is written or given up. */
  keep(guest: Guest, answer: EventEmitter): void {
    this.#served.add(guest);
    answer.once('close', () => this.#served.delete(guest));
  }
}
