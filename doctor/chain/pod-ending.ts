// How a pod ends: what happens before SIGTERM, how long the program goes on after it, and when it is killed.
import type { Placed } from '../../manifest-reader/positions/placed';
import { seconds } from './duration';
import type { Container, Workload } from './workload';

/** The kubelet's default. */
const DEFAULT_GRACE_SECONDS = 30;

export function graceSeconds({ podSpec }: Workload): number {
  return podSpec.get('terminationGracePeriodSeconds').number() ?? DEFAULT_GRACE_SECONDS;
}

export function preStopOf({ at }: Container): Placed | undefined {
  const preStop = at.get('lifecycle', 'preStop');
  return preStop.value === undefined ? undefined : preStop;
}

/** Seconds that preStop sleeps at least. Undefined where what it does takes an unknown time. */
export function sleepSeconds(preStop: Placed): number | undefined {
  const own = preStop.get('sleep', 'seconds').number();
  if (own !== undefined) return own;
  // A loop sleeps as often as it likes.
  if (/\b(while|until|for)\b/.test(commandText(preStop))) return undefined;
  const sleeps = [...commandText(preStop).matchAll(/\bsleep\s+(\d+(?:\.\d+)?)(m?)s?\b/g)];
  if (sleeps.length === 0) return undefined;
  return sleeps.reduce((sum, [, amount, minutes]) => sum + Number(amount) * (minutes === 'm' ? 60 : 1), 0);
}

const ONLY_A_SLEEP = /^(?:(?:\/[\w/]+\/)?(?:ba|da)?sh -c )?(?:\/[\w/]+\/)?sleep \d+(?:\.\d+)?[sm]?$/;

/** The same of a preStop that does nothing but sleep: then the program serves on for just as long. */
export function onlySleepSeconds(preStop: Placed): number | undefined {
  const isIt = preStop.get('sleep').value !== undefined || ONLY_A_SLEEP.test(commandText(preStop).trim());
  return isIt ? sleepSeconds(preStop) : undefined;
}

/** The words of an exec hook, with a space between. */
export function commandText(hook: Placed): string {
  const words = hook.get('exec', 'command').items();
  return words.map(({ value }) => String(value)).join(' ');
}

export interface DrainSetting {
  readonly name: string;
  readonly seconds: number | undefined;
  readonly at: Placed;
}

const DRAIN_NAME = /drain|grace|shutdown|terminat|pre_?stop|lame_?duck/i;
/** The pod's own grace period, told to the program. */
const POD_GRACE = /termination_?grace_?period/i;

/** Variables and flags by which a program is told to go on for a while after SIGTERM. */
export function drainSettings({ at }: Container): readonly DrainSetting[] {
  const variables = at
    .get('env')
    .items()
    .map((variable) => ({ name: variable.get('name').text() ?? '', at: variable.get('value') }));
  const flags = [...at.get('command').items(), ...at.get('args').items()].flatMap((word) => {
    const [, name, value] = /^--?([\w.-]+)=(.*)$/.exec(String(word.value)) ?? [];
    return name === undefined ? [] : [{ name, at: word, value }];
  });
  return [...variables.map((each) => ({ ...each, value: String(each.at.value ?? '') })), ...flags]
    .filter(({ name }) => DRAIN_NAME.test(name) && !POD_GRACE.test(name))
    .map(({ name, at: place, value }) => ({ name, seconds: toSeconds(name, value ?? ''), at: place }));
}

/** By the unit in the value, or in the name. A bare number says nothing. */
function toSeconds(name: string, value: string): number | undefined {
  if (!/^\d+(?:\.\d+)?$/.test(value)) return seconds(value);
  if (/(^|[_.-])(ms|millis|milliseconds)$/i.test(name)) return seconds(`${value}ms`);
  return /(^|[_.-])(s|secs?|seconds)$/i.test(name) ? seconds(`${value}s`) : undefined;
}
