// Counts the calls of a client that writes no ledger, by asking each Envoy again and again, for the table and the summary.
import { requestText } from '../command-line/http-text';
import { delay } from '../runtime/lifecycle';
import { createCallCounter, type EnvoyTexts, readCallCounts } from './envoy/call-counts';
import { adminPort } from './envoy/envoy-config';
import type { LiveState } from './screen/live-state';
import type { Stack } from './stack';

export interface CountingOptions {
  readonly stack: Stack;
  readonly live: LiveState;
  /** Called when the first call was counted. */
  readonly onFirst: () => void;
  /** Ends the counting. */
  readonly signal: AbortSignal;
}

const EVERY_MS = 500;

export interface Counting {
  /** Counts what is new. Never rejects. */
  count(): Promise<void>;
}

/** Counts until `signal` aborts. */
export function countByEnvoys({ stack, live, onFirst, signal }: CountingOptions): Counting {
  const { manifests, servers, envoys } = stack;
  const { serverCluster, envoy } = manifests;
  const admin = adminPort(serverCluster.text);
  const counter = createCallCounter();
  const names = new Map<string, string>();
  let before: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    for (const { name, address } of servers.pods()) names.set(address, name);
    for (const { name, address } of envoys.pods()) {
      const statistics = await requestText(`http://${address}:${envoy.scrape?.port}${envoy.scrape?.path}`).catch(
        () => '',
      );
      const clusters = await requestText(`http://${address}:${admin}/clusters`).catch(() => '');
      // One that starts or dies does not answer, or not all; what it had counted stays.
      if (statistics === '' || clusters === '') continue;
      const texts: EnvoyTexts = { statistics, clusters };
      const { calls, attempts, answers } = counter(name, readCallCounts(texts, serverCluster));
      const byPod = new Map([...answers].map(([host, count]) => [names.get(host) ?? host, count]));
      live.onCounts({ envoy: name, calls, attempts, answers: byPod });
    }
    if (live.tally.calls > 0) onFirst();
  }
  /** One after the other: two at once would count the same calls twice. */
  const count = () => {
    before = before.then(look);
    return before;
  };
  void (async () => {
    while (!signal.aborted) {
      await count();
      await delay(EVERY_MS, signal);
    }
  })();
  return { count };
}
