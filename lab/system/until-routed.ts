// Waiting until every Envoy that takes calls has as many servers to send them to as there are.
import type { Meters } from './system';
import { type WaitOptions, waitUntil } from './wait-until';

export interface RoutedLook extends Pick<Meters, 'hosts'> {
  /** Names of the Envoys that take calls. */
  envoys(): readonly string[];
}

/** @throws Error saying which Envoy saw what, when they are not so in time */
export async function untilRouted(servers: number, { envoys, hosts }: RoutedLook, options: WaitOptions): Promise<void> {
  const look = async () => {
    const names = envoys();
    if (names.length === 0) return 'no Envoy is ready';
    const counts = await Promise.all(names.map(async (name) => ({ name, ...(await hosts(name)) })));
    const others = counts.filter(({ known, healthy }) => known !== servers || healthy !== servers);
    const seen = others.map(({ name, known, healthy }) => `${name} knows ${known} and calls ${healthy}`);
    return seen.length === 0 ? undefined : seen.join(', ');
  };
  await waitUntil(`${servers} servers in every Envoy`, look, options);
}
