// Rates that rise until one is not carried. A pause of the machine, or of the compiler in a young process, makes any rate
// miss once: each is tried a second time.

const TRIES = 2;

/** Every stretch that was measured, in order; the last ones are the tries of the rate that was not carried. */
export async function climb<Load, Stretch>(
  loads: readonly Load[],
  measure: (load: Load) => Promise<Stretch>,
  isCarried: (stretch: Stretch) => boolean,
): Promise<readonly Stretch[]> {
  const measured: Stretch[] = [];
  for (const load of loads) {
    let carried = false;
    for (let tried = 0; tried < TRIES && !carried; tried += 1) {
      const stretch = await measure(load);
      measured.push(stretch);
      carried = isCarried(stretch);
    }
    if (!carried) break;
  }
  return measured;
}
