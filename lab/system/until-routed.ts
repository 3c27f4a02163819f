// Waiting until every Envoy that takes calls has as many servers to send them to as there are.
import type { Meters } from './system';
import { type WaitOptions, waitUntil } from './wait-until';

export interface RoutedLook extends Pick<Meters, 'hosts'> {
  /** Names of the Envoys that take calls. */
  envoys(): readonly string[];
  /** How many hosts of an Envoy are no pods any more; counts alone take as many old ones for the new ones. */
  strangers?(envoy: string): Promise<number>;
}

/** @throws Error saying which Envoy saw what, when they are not so in time */
export async function untilRouted(
  servers: number,
  { envoys, hosts, strangers }: RoutedLook,
  options: WaitOptions,
): Promise<void> {
  const look = async () => {
    const names = envoys();
    if (names.length === 0) return 'no Envoy is ready';
    const counts = await Promise.all(
      names.map(async (name) => ({ name, ...(await hosts(name)), gone: (await strangers?.(name)) ?? 0 })),
    );
    const others = counts.filter(({ known, healthy, gone }) => known !== servers || healthy !== servers || gone > 0);
    const seen = others.map(({ name, known, healthy, gone }) => {
      return `${name} knows ${known} and calls ${healthy}${gone > 0 ? `, ${gone} of them gone` : ''}`;
    });
    return seen.length === 0 ? undefined : seen.join(', ');
  };
  await waitUntil(`${servers} servers in every Envoy`, look, options);
}
