// Short-term evenness: over a whole run any policy looks even, within 100 calls only round robin does.

export interface WorstWindow {
  /** The largest distance of any pod's count from its fair share, in calls, over all windows; less the allowance. */
  readonly deviation: number;
  /** The largest max − min of the counts within any one window, in calls. */
  readonly spread: number;
  /** Where the largest deviation was seen: the index of the window's first call, and the pod. */
  readonly start: number;
  readonly pod: string;
}

/**
 * Slides a window of `size` calls over the pods that answered, in the order of the calls, and finds the least even one.
 * @param pods all pods that had to get calls, also those that got none.
 * @param allowance calls of the window that begins with call `start` whose place in the order is not known
 * @returns undefined when there are fewer calls than one window has.
 */
export function worstWindow(
  answeredBy: readonly string[],
  pods: readonly string[],
  size = 100,
  allowance: (start: number) => number = () => 0,
): WorstWindow | undefined {
  const indexOf = new Map(pods.map((pod, index) => [pod, index]));
  const counts = new Int32Array(pods.length);
  const fair = size / pods.length;
  const add = (call: number, change: number) => {
    const index = indexOf.get(answeredBy[call] as string);
    // A pod outside the set takes a call away from the fair ones, and that shows in their counts.
    if (index !== undefined) counts[index] = (counts[index] as number) + change;
  };
  if (answeredBy.length < size || pods.length === 0) return undefined;
  for (let call = 0; call < size; call += 1) add(call, 1);
  let worst: WorstWindow = { deviation: Number.NEGATIVE_INFINITY, spread: 0, start: 0, pod: '' };
  let widest = 0;
  for (let start = 0; ; start += 1) {
    let least = counts[0] as number;
    let most = least;
    const allowed = allowance(start);
    for (let index = 0; index < counts.length; index += 1) {
      const count = counts[index] as number;
      if (count < least) least = count;
      if (count > most) most = count;
      const deviation = Math.abs(count - fair) - allowed;
      if (deviation > worst.deviation) worst = { deviation, spread: 0, start, pod: pods[index] as string };
    }
    if (most - least > widest) widest = most - least;
    if (start + size >= answeredBy.length) return { ...worst, spread: widest };
    add(start, -1);
    add(start + size, 1);
  }
}
