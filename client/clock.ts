// Time as the client needs it: one source for stamps and timers, handed in so that tests need not wait.

export interface Clock {
  /** Milliseconds since the epoch, with a fraction. Never goes back, whatever is done to the machine's date. */
  now(): number;
  setTimer(callback: () => void, delayMs: number): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
