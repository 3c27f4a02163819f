// Waiting until every Envoy that takes calls has as many servers to send them to as there are.
import type { Hosts } from './system';
import { type WaitOptions, waitUntil } from './wait-until';

export interface SeenHosts extends Hosts {
  /** How many of them are no pods any more, where that can be told; counts alone take as many old ones for the new ones. */
  readonly gone?: number;
}

export interface RoutedLook {
  /** Names of the Envoys that take calls. */
  envoys(): readonly string[];
  hosts(envoy: string): Promise<SeenHosts>;
}

/** @throws Error saying which Envoy saw what, when they are not so in time */
export async function untilRouted(servers: number, { envoys, hosts }: RoutedLook, options: WaitOptions): Promise<void> {
  const look = async () => {
    const names = envoys();
    if (names.length === 0) return 'no Envoy is ready';
    const counts = await Promise.all(names.map(async (name) => ({ name, gone: 0, ...(await hosts(name)) })));
    const others = counts.filter(({ known, healthy, gone }) => known !== servers || healthy !== servers || gone > 0);
    const seen = others.map(({ name, known, healthy, gone }) => {
      return `${name} knows ${known} and calls ${healthy}${gone > 0 ? `, ${gone} of them gone` : ''}`;
    });
    return seen.length === 0 ? undefined : seen.join(', ');
  };
  await waitUntil(`${servers} servers in every Envoy`, look, options);
}
