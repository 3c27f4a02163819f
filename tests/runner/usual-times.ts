// How long a test run usually takes, for the first line of it. From a run of `npm cit` on a machine with two cores: what
// `durations.ts` printed then.
import { tierOf } from './parts';

interface TierTime {
  readonly files: number;
  /** Of all files of the tier, each counted by itself. */
  readonly seconds: number;
}

const MEASURED: Readonly<Record<string, TierTime>> = {
  unit: { files: 240, seconds: 240.6 },
  manifests: { files: 21, seconds: 11.1 },
  deploy: { files: 18, seconds: 458.2 },
  server: { files: 13, seconds: 176.5 },
  client: { files: 11, seconds: 190.2 },
  local: { files: 23, seconds: 732.5 },
};
/** What these took together, since files run beside each other. */
const TOGETHER_SECONDS = 727.1;

/** Seconds that these files take together; undefined where one of them is of a tier whose files differ too much to say. */
export function usualSeconds(files: readonly string[]): number | undefined {
  const all = Object.values(MEASURED).reduce((sum, { seconds }) => sum + seconds, 0);
  let sum = 0;
  for (const file of files) {
    const tier = MEASURED[tierOf(file)];
    if (tier === undefined) return undefined;
    sum += tier.seconds / tier.files;
  }
  return (sum * TOGETHER_SECONDS) / all;
}
