// How calls spread over those who should have them, and what a count is worth.

/** Below this part of what its siblings have, one counts as left out. */
const ALMOST_NONE = 0.1;
/** How often an even spread may look like this by chance, over all that were counted. */
const CHANCE = 0.001;

/** The least number of calls of which none at one of `hosts` means anything. */
export function callsNeeded(hosts: number): number {
  return Math.ceil(Math.log(CHANCE / hosts) / Math.log(1 - 1 / hosts));
}

/** Whether `count` of all `counts` is (almost) nothing, and not by the chance of few calls. */
export function isLeftOut(count: number, counts: readonly number[]): boolean {
  const total = counts.reduce((sum, each) => sum + each, 0);
  const siblings = (total - count) / (counts.length - 1);
  return count < ALMOST_NONE * siblings && counts.length * chanceOfAtMost(count, total, 1 / counts.length) < CHANCE;
}

/** P(X ≤ k) of a binomial distribution. */
function chanceOfAtMost(k: number, trials: number, share: number): number {
  let logTerm = trials * Math.log(1 - share);
  let sum = Math.exp(logTerm);
  for (let hits = 1; hits <= k; hits++) {
    logTerm += Math.log(((trials - hits + 1) / hits) * (share / (1 - share)));
    sum += Math.exp(logTerm);
  }
  return sum;
}
