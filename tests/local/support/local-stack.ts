// What the tests of the local stack share: a real Envoy or a visible skip, a stack on a network of its own, and one client
// whose calls are kept.

import assert from 'node:assert/strict';
import * as path from 'node:path';
import { it, type TestContext } from 'node:test';
import type { LedgerLine } from '../../../client/outcome';
import { mustRunAll } from '../../../command-line/machine';
import { createRunCommand } from '../../../command-line/run-command';
import { buildServices } from '../../../local/build';
import { describeSearch, type FoundEnvoy, findEnvoy } from '../../../local/envoy/envoy-binary';
import type { ClientProcess } from '../../../local/pods/client-process';
import type { PodEvent } from '../../../local/pods/pod';
import { machineEnv } from '../../../local/pods/pod-env';
import { createStack, type Stack, type StackOptions } from '../../../local/stack';
import { type Manifests, manifestsRoot, readManifests } from '../../../manifest-reader/manifests';
import type { Variables } from '../../../manifest-reader/pod-manifest';
import { waitFor } from '../../support/condition';
import { greeterStatistic } from './one-envoy';

export const ROOT = path.join(__dirname, '../../..');

const run = createRunCommand(process.env);
let search: Promise<FoundEnvoy> | undefined;

/** A test that needs Envoy: skipped with the reason when there is none, failed under CI=true and REQUIRE_ALL=1. */
export function itWithEnvoy(name: string, body: (context: TestContext) => Promise<void>, timeoutMs = 600_000): void {
  it(name, { timeout: timeoutMs }, async (context) => {
    const found = await findEnvoyOnce();
    if (found.ok) return body(context);
    const reason = describeSearch(readManifests(ROOT).envoyVersion, found.tried);
    if (mustRunAll(process.env)) throw new Error(reason);
    context.skip(reason.split('\n').join(' '));
  });
}

export function findEnvoyOnce(): Promise<FoundEnvoy> {
  const { envoyVersion: version, envoy } = readManifests(ROOT);
  search ??= findEnvoy({
    version,
    image: envoy.image,
    env: process.env,
    platform: process.platform,
    run,
    log: () => {},
  });
  return search;
}

export interface TestStack extends Stack {
  readonly manifests: Manifests;
  readonly events: readonly PodEvent[];
}

export interface TestStackOptions extends Partial<StackOptions> {
  /** The last number of the test file's own network, 127.77.N. */
  readonly network: string;
  readonly servers: number;
  readonly envoys: number;
}

/** Runs `body` with a stack, and stops the stack whatever happens. */
export async function withStack(
  { servers, envoys, ...options }: TestStackOptions,
  body: (stack: TestStack) => Promise<void>,
): Promise<void> {
  const found = await findEnvoyOnce();
  assert.ok(found.ok);
  await buildServices({ root: ROOT, run, pid: process.pid, isAlive: () => true });
  const manifests = options.manifests ?? readManifests(manifestsRoot(process.env, ROOT));
  const events: PodEvent[] = [];
  const stack = await createStack({
    envoy: found.envoy,
    root: ROOT,
    nodePath: process.execPath,
    machineEnv: machineEnv(process.env),
    onEvent: (event) => events.push(event),
    ...options,
    manifests,
  });
  try {
    await stack.servers.scale(servers);
    await stack.envoys.scale(envoys);
    await body({ ...stack, manifests, events });
  } finally {
    await stack.stop();
  }
}

export interface Load {
  readonly client: ClientProcess;
  /** Every finished call so far. */
  readonly calls: readonly LedgerLine[];
  /** Resolves when `count` calls have ended since now. */
  next(count: number): Promise<readonly LedgerLine[]>;
  /** Stops the client in order and returns all its calls; its own summary must agree with them. */
  stop(): Promise<readonly LedgerLine[]>;
}

const CALLS_DEADLINE_MS = 60_000;

/** Starts a client; `env` says how fast it calls. */
export async function startLoad(stack: Stack, env: Variables): Promise<Load> {
  const calls: LedgerLine[] = [];
  const log: string[] = [];
  const client = await stack.startClient({ env, onCall: (call) => calls.push(call), onLog: (line) => log.push(line) });
  return {
    client,
    calls,
    next: async (count) => {
      const from = calls.length;
      await until(`${count} more calls`, () => calls.length >= from + count, CALLS_DEADLINE_MS);
      return calls.slice(from, from + count);
    },
    stop: async () => {
      const exit = await client.stop();
      assert.equal(exit.code, 0, log.slice(-5).join('\n'));
      const summary = client.summary();
      assert.equal(summary?.calls, calls.length);
      assert.deepEqual(
        summary?.pods,
        sortedCounts(calls.filter(isOk), (call) => call.pod),
      );
      return calls;
    },
  };
}

export function isOk(call: LedgerLine): boolean {
  return call.code === 'OK';
}

export function assertNoneFailed(calls: readonly LedgerLine[]): void {
  assert.deepEqual(calls.filter((call) => !isOk(call)).slice(0, 5), [], 'calls failed');
}

/** How many of `calls` each name has. */
export function countBy(calls: readonly LedgerLine[], key: (call: LedgerLine) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(key(call), (counts.get(key(call)) ?? 0) + 1);
  return counts;
}

function sortedCounts(calls: readonly LedgerLine[], key: (call: LedgerLine) => string): Record<string, number> {
  const order = new Intl.Collator('en', { numeric: true });
  return Object.fromEntries([...countBy(calls, key)].sort(([a], [b]) => order.compare(a, b)));
}

/**
 * The promise of the shipped configuration: calls of one Envoy reach the pods in strict turn, so over all of them no pod
 * is ahead of another by more than one call per Envoy. `calls` are all that were sent while the Envoys' servers stayed the
 * same: a part of a load would have edges, where calls that are in flight together end in another order than their turns.
 */
export function assertEvenSpread(calls: readonly LedgerLine[], pods: number, envoys: number): void {
  assertNoneFailed(calls);
  const perPod = [...countBy(calls, (call) => call.pod).values()];
  const perEnvoy = countBy(calls, (call) => call.via);
  assert.equal(perPod.length, pods, 'pods that answered');
  assert.equal(perEnvoy.size, envoys, 'Envoys that carried calls');
  const spread = Math.max(...perPod) - Math.min(...perPod);
  assert.ok(spread <= envoys, `pods differ by ${spread} calls, more than one per Envoy: ${perPod.join(', ')}`);
}

/**
 * Waits until every Envoy has `pods` servers, all of them healthy: pods are settled before the Envoys' next look-up and
 * health check, and each change of the list begins the turns anew.
 */
export async function untilEveryEnvoyHas(stack: Stack, pods: number): Promise<void> {
  const has = async (host: string) => {
    const names = ['membership_total', 'membership_healthy'];
    return (await Promise.all(names.map((name) => greeterStatistic(host, name)))).every((count) => count === pods);
  };
  await waitFor(
    `${pods} healthy servers at every Envoy`,
    60_000,
    async () => {
      const all = await Promise.all(stack.envoys.pods().map((pod) => has(pod.address)));
      return all.every(Boolean) || undefined;
    },
    50,
  );
}

/** Waits until `condition` holds. */
export async function until(what: string, condition: () => boolean, deadlineMs = 30_000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`timed out after ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
