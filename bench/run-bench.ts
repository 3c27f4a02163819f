// One run from the programs that it needs to its record.
import { availableParallelism, getPriority } from 'node:os';
import type { Machine } from '../command-line/machine';
import { createRunCommand, type RunCommand } from '../command-line/run-command';
import { seededRandom } from '../lab/statistics/seeded-random';
import { buildServices } from '../local/build';
import { createAddressPool } from '../local/pods/addresses';
import { machineEnv } from '../local/pods/pod-env';
import { startReaper } from '../local/pods/reaper';
import { StartError } from '../runtime/errors';
import type { BenchOptions } from './command-line';
import { machineFacts } from './machine-facts';
import { type Pinning, pinned } from './measure/stage';
import { FULL, QUICK, type Sizes } from './plan/sizes';
import { type Suite, suiteFacts } from './plan/suite';
import { goPrograms } from './programs/go-programs';
import { findNode } from './programs/node-programs';
import { peerPackages } from './programs/peer-packages';
import type { BenchRecord } from './records/record';
import type { Sample } from './records/sample';
import { runSuite } from './run-suite';
import { SUITE_MAKERS } from './suites/all';
import type { Workshop } from './suites/workshop';

export interface RunInput {
  readonly options: BenchOptions;
  readonly machine: Machine;
  readonly nodeVersion: string;
  readonly arch: string;
  readonly ownCpuMs: () => number;
  readonly signal: AbortSignal;
  readonly seed: number;
  readonly say: (text: string) => void;
  /** Called with all that is known, so that an interrupted run leaves what it measured. */
  readonly keep: (record: BenchRecord) => void;
}

/** @throws BusyError, StartError */
export async function runBench(input: RunInput): Promise<BenchRecord> {
  const { options, machine, say, signal, seed, keep } = input;
  const run = createRunCommand(machine.env);
  const startedAt = new Date();
  const pinning = await findPinning(run);
  const shop = await openWorkshop(input, run);
  const suites: Suite[] = [];
  for (const name of options.suites) suites.push(await SUITE_MAKERS[name](shop));
  for (const { id, skipped } of suites) {
    for (const { label, reason } of skipped) say(`${id}: skipped ${label}: ${reason}`);
  }
  const samples: Sample[] = [];
  const facts = await machineFacts(machine, input.nodeVersion, pinning, run);
  const recordNow = (): BenchRecord => ({
    startedAt: startedAt.toISOString(),
    minutes: Math.round((Date.now() - startedAt.getTime()) / 6000) / 10,
    isQuick: options.isQuick,
    seed,
    maxForeignCpus: options.maxForeignCpus,
    machine: facts,
    suites: suites.map(suiteFacts),
    samples,
  });
  const reaper = startReaper();
  try {
    const random = seededRandom(seed);
    const generator = { run, command: pinned([shop.go.generator], 'beside', pinning), signal };
    const stage = { addresses: createAddressPool(options.network, 11, 250), reaper, pinning, signal };
    const { maxForeignCpus } = options;
    const block = { stage, generator, maxForeignCpus, ownCpuMs: input.ownCpuMs, isOwnLowPriority: getPriority() > 0 };
    for (const suite of suites) {
      await runSuite(suite, { block, random, say, onSample: (sample) => samples.push(sample) });
    }
  } finally {
    keep(recordNow());
    await reaper.close();
  }
  return recordNow();
}

async function openWorkshop(
  { options, machine, nodeVersion, arch, say }: RunInput,
  run: RunCommand,
): Promise<Workshop> {
  const { root, env, pid, isAlive, nodePath } = machine;
  const current = { file: nodePath, version: nodeVersion };
  const find = (version: string) => findNode(version, { current, arch, env, run, log: say });
  const found = options.node === undefined ? { ok: true as const, node: current } : await find(options.node);
  if (!found.ok) throw new StartError(`--node ${options.node}: ${found.reason}`);
  const build = async (folder: string) => {
    if ((await buildServices({ root: folder, run, pid, isAlive })) === 'built') say(`compiled ${folder}`);
  };
  await build(root);
  return {
    machine,
    options,
    sizes: sizesFor(options),
    run,
    machineEnv: machineEnv(env),
    go: await goPrograms({ root, env, run, log: say }),
    peers: await peerPackages(root, env, run, say),
    node: found.node,
    findNode: find,
    build,
    say,
  };
}

function sizesFor({ isQuick, seconds, rate }: BenchOptions): Sizes {
  const sizes = isQuick ? QUICK : FULL;
  return { ...sizes, ...(seconds !== undefined && { seconds }), ...(rate !== undefined && { rate }) };
}

/** A CPU for what is compared and another for all else, where there are two and taskset(1). */
async function findPinning(run: RunCommand): Promise<Pinning> {
  if (availableParallelism() < 2) return undefined;
  const tried = await run('taskset', ['--cpu-list', '0,1', 'true'], { timeoutMs: 10_000 });
  return tried.code === 0 ? { measured: 1, beside: 0 } : undefined;
}
