// Conditions with deadlines, where a test would otherwise sleep.

/** Asks `probe` every `everyMs` until it returns something other than undefined, and returns that. */
export async function waitFor<T>(
  what: string,
  deadlineMs: number,
  probe: () => Promise<T | undefined> | T | undefined,
  everyMs = 500,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (thrown) {
      lastError = thrown;
    }
    if (Date.now() > deadline) throw new Error(`timed out after ${deadlineMs} ms: ${what}`, { cause: lastError });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
