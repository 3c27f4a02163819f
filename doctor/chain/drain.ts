// How long a pod goes on serving after it was asked to leave, as far as its manifest tells.
import type { Placed } from '../../manifest-reader/positions/placed';
import type { Container } from './workload';

/**
 * Seconds that preStop waits before SIGTERM: `sleep: { seconds: N }`, or a command that is nothing but a sleep. Undefined
 * when there is no preStop, or one that does something else.
 */
export function preStopSleep({ at }: Container): number | undefined {
  const preStop = at.get('lifecycle', 'preStop');
  const native = preStop.get('sleep', 'seconds').number();
  if (native !== undefined) return native;
  const slept = /^(?:(?:\/bin\/)?(?:ba|da)?sh -c )?(?:\/bin\/)?sleep (\d+(?:\.\d+)?)s?$/.exec(
    preStopWords(preStop).trim(),
  );
  return slept === null ? undefined : Number(slept[1]);
}

/** The words of an exec hook, with a space between. */
export function preStopWords(preStop: Placed): string {
  const words = preStop.get('exec', 'command').items();
  return words.map(({ value }) => String(value)).join(' ');
}
