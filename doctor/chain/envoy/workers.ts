// How many workers an Envoy runs, and which version it is: read from its pod, never assumed.
import type { Placed } from '../../../manifest-reader/positions/placed';
import type { EnvoyPod } from './envoy';

export type Workers =
  | { readonly count: number; readonly because: string; readonly at: Placed }
  | { readonly count: undefined; readonly needs: string };

export interface EnvoyVersion {
  readonly major: number;
  readonly minor: number;
}

/** From the tag of the image: `v1.40.2`, `distroless-v1.40-latest`. Undefined when it does not say. */
export function versionOf({ container }: EnvoyPod): EnvoyVersion | undefined {
  const tag = /:([\w.-]+)(@|$)/.exec(container.image)?.[1] ?? '';
  const [, major, minor] = /(?:^|-)v?(\d+)\.(\d+)(?:\.|-|$)/.exec(tag) ?? [];
  // Other images that hold Envoy count their own versions.
  if (major === undefined || !/(^|\/)envoy(-\w+)?[:@]/.test(container.image)) return undefined;
  return { major: Number(major), minor: Number(minor) };
}

/**
 * `--concurrency` if it is there. Without it Envoy takes the machine's cores until 1.39, and from 1.40 on the smallest of
 * CPU limit, affinity and cores (release notes of 1.40), unless ENVOY_CGROUP_CPU_DETECTION is false.
 */
export function workersOf(pod: EnvoyPod): Workers {
  const { container } = pod;
  const flag = valueOfFlag(pod, '--concurrency');
  if (flag !== undefined) {
    const number = Number(flag.value);
    if (flag.value === '' || !Number.isInteger(number)) {
      return { count: undefined, needs: `a number after --concurrency, not "${flag.value}"` };
    }
    // Envoy raises 0 to 1.
    return { count: Math.max(1, number), because: `of --concurrency ${number}`, at: flag.at };
  }
  const version = versionOf(pod);
  if (version === undefined)
    return { count: undefined, needs: `--concurrency, or Envoy's version in ${container.image}` };
  const isAware = version.major > 1 || version.minor >= 40;
  const detection = container.at
    .get('env')
    .items()
    .find((env) => env.get('name').value === 'ENVOY_CGROUP_CPU_DETECTION');
  const limit = container.at.get('resources', 'limits', 'cpu');
  const cores = cpuCores(limit);
  if (!isAware || detection?.get('value').value === 'false' || cores === undefined) {
    return { count: undefined, needs: `--concurrency: without it there are as many workers as the node has cores` };
  }
  return { count: Math.max(1, Math.floor(cores)), because: `the CPU limit is ${limit.value}`, at: limit };
}

/** What `flag` is given, as two words, as one with `=`, or inside the text of a shell; undefined where it is not there. */
export function valueOfFlag({ container: { at } }: EnvoyPod, flag: string) {
  const placed = [...at.get('command').items(), ...at.get('args').items()];
  const words = placed.flatMap((each) =>
    String(each.value)
      .split(/\s+/)
      .map((word) => ({ value: word, at: each })),
  );
  const index = words.findIndex(({ value }) => value === flag || value.startsWith(`${flag}=`));
  const word = words[index];
  if (word === undefined) return undefined;
  const value = word.value === flag ? (words[index + 1]?.value ?? '') : word.value.slice(flag.length + 1);
  return { value, at: word.at };
}

/** `1500m` is 1.5. */
function cpuCores(at: Placed): number | undefined {
  const [, amount, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(at.value ?? '')) ?? [];
  return amount === undefined ? undefined : Number(amount) / (milli === 'm' ? 1000 : 1);
}
