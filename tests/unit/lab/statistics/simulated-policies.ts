// Who answers each call, by balancing policies as theory describes them.
import { type Random, randomInteger } from '../../../../lab/statistics/seeded-random';

export const PODS = ['pod-1', 'pod-2', 'pod-3', 'pod-4', 'pod-5'];

/** Each call goes to a random one of `states` rotations, which all start somewhere else. */
export function roundRobin(random: Random, states: number, calls: number, pods: readonly string[] = PODS): string[] {
  const next = Array.from({ length: states }, () => randomInteger(random, pods.length));
  return Array.from({ length: calls }, () => {
    const state = randomInteger(random, states);
    const position = next[state] as number;
    next[state] = (position + 1) % pods.length;
    return pods[position] as string;
  });
}

export function atRandom(random: Random, calls: number, pods = PODS): string[] {
  return Array.from({ length: calls }, () => pods[randomInteger(random, pods.length)] as string);
}

export function countsOf(answeredBy: readonly string[], pods: readonly string[] = PODS): number[] {
  return pods.map((pod) => answeredBy.filter((name) => name === pod).length);
}
