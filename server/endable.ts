// An iteration that can be ended from outside, also while it waits for its next value. Knows nothing of what is iterated.

export interface Endable<T> extends AsyncIterable<T> {
  /** From now on there is no next value. The value that is being worked on is not taken back. */
  end(): void;
}

/** The values of `source` until `end()`. A value that comes after it is never handed out. */
export function endable<T>(source: AsyncIterable<T>): Endable<T> {
  let isEnded = false;
  let endWait: (() => void) | undefined;
  return {
    end() {
      isEnded = true;
      endWait?.();
    },
    [Symbol.asyncIterator]() {
      const values = source[Symbol.asyncIterator]();
      const done = { done: true, value: undefined } as const;
      return {
        next: () =>
          new Promise((resolve, reject) => {
            if (isEnded) return resolve(done);
            endWait = () => resolve(done);
            // What `values` says after the end finds the promise settled, a rejection too.
            values.next().then(resolve, reject);
          }),
        // Only while no value is waited for: a pending next() would hold it up.
        return: async () => {
          await values.return?.();
          return done;
        },
      };
    },
  };
}
