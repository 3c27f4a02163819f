// Where everything that is needed has to be there, nothing may be left out for want of it.

/** Whether what was skipped counts as failed: under CI=true and REQUIRE_ALL=1. */
export function mustRunAll({ CI, REQUIRE_ALL }: NodeJS.ProcessEnv): boolean {
  return REQUIRE_ALL === '1' || CI === 'true';
}
