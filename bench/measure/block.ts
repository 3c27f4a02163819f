// One block: new processes, a warm-up, then each load in turn with the kernel's counters read before and after.
import { StartError } from '../../runtime/errors';
import { delay } from '../../runtime/lifecycle';
import type { WarmUp } from '../plan/sizes';
import type { LoadFacts } from '../records/record';
import { BEHIND, failedCalls, type HopUse, isCarried, type Sample } from '../records/sample';
import type { Started, Subject } from '../subjects/subject';
import { type Generated, type GeneratorOptions, generate } from './generator';
import { climb } from './ladder';
import { foreignLoad, machineTime } from './machine-load';
import { type ProcessUse, useOf } from './process-use';
import { openStage, type StageOptions } from './stage';

export interface BlockOptions {
  readonly stage: StageOptions;
  readonly generator: GeneratorOptions;
  readonly loads: readonly LoadFacts[];
  /** Ends at the first load that is not carried (ladder.ts). */
  readonly isLadder?: boolean;
  readonly warmUp: WarmUp;
  readonly maxForeignCpus: number;
  /** CPU time of the benchmark's own process, ms. */
  readonly ownCpuMs: () => number;
  readonly isOwnLowPriority: boolean;
  readonly seed: number;
}

/** What one load gave; where it belongs is added by the caller. */
export type Measured = Omit<Sample, 'suite' | 'row' | 'round' | 'half' | 'attempt'>;

/** The warm-up's load: enough at once to fill batches, as saturation does. */
const WARM_UP = { connections: 4, inFlight: 25 };
const FIRST_CALL = { connections: 1, inFlight: 1, seconds: 0.02 };
const FIRST_CALL_MS = 30_000;
const FOREIGN = 'foreign load';
/** Of the asked rate; below that, the queue in front of the server is measured, not the server. */
const LEAST_RATE = 0.98;

export async function measureBlock(subject: Subject, options: BlockOptions): Promise<readonly Measured[]> {
  const { generator, loads, warmUp } = options;
  const stage = await openStage(options.stage);
  try {
    const started = await subject.start(stage);
    await firstCall(started, options);
    await generate(generator, started.targets, { ...WARM_UP, ...warmUp });
    const measure = async (load: LoadFacts) => {
      const sample = await measureLoad(started, load, options);
      stage.assertAlive();
      return sample;
    };
    if (options.isLadder) return await climb(loads, measure, isCarried);
    const measured: Measured[] = [];
    for (const load of loads) measured.push(await measure(load));
    return measured;
  } finally {
    await stage.close();
  }
}

/** A proxy listens before it knows its servers: calls are made until one succeeds. */
async function firstCall({ targets }: Started, { generator, stage: { signal } }: BlockOptions): Promise<void> {
  const deadline = Date.now() + FIRST_CALL_MS;
  for (;;) {
    const { ok, failed } = await generate(generator, targets, { ...FIRST_CALL, connections: targets.length });
    if (ok > 0 && failedCalls({ failed }) === 0) return;
    if (Date.now() > deadline) throw new StartError(`no call succeeded: ${JSON.stringify(failed)}`);
    await delay(50, signal);
  }
}

async function measureLoad(started: Started, load: LoadFacts, options: BlockOptions): Promise<Measured> {
  const { generator, maxForeignCpus, ownCpuMs, isOwnLowPriority, seed } = options;
  const read = () => ({
    at: performance.now(),
    machine: machineTime(),
    ownMs: ownCpuMs(),
    hops: Object.entries(started.hops).map(([name, pids]) => [name, useOf(pids)] as const),
  });
  const before = read();
  const generated = await generate(generator, started.targets, load, seed);
  const after = read();
  const hops = Object.fromEntries(
    after.hops.map(([name, use], index) => [name, difference(use, before.hops[index]?.[1] ?? use)]),
  );
  const foreign = foreignLoad({
    before: before.machine,
    after: after.machine,
    elapsedMs: after.at - before.at,
    ownMs:
      after.ownMs - before.ownMs + generated.cpuMs + Object.values(hops).reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    isOwnLowPriority,
  });
  const reason = whyDropped(generated, load, foreign.cpus, maxForeignCpus);
  // At the end of a ladder calls are late and fail: that is what is measured.
  const dropped = options.isLadder && reason !== FOREIGN ? undefined : reason;
  const { sent, ok, failed, seconds, p50Ms, p90Ms, p99Ms, behindMs } = generated;
  return {
    load: load.id,
    kind: load.ratePerSecond === undefined ? 'saturated' : 'fixed',
    ...(load.ratePerSecond !== undefined && { askedPerSecond: load.ratePerSecond }),
    connections: load.connections,
    ...{ sent, ok, failed, seconds: round(seconds), p50Ms: round(p50Ms), p90Ms: round(p90Ms), p99Ms: round(p99Ms) },
    behindMs: round(behindMs),
    hops,
    foreignCpus: round(foreign.cpus),
    foreignLowPriorityCpus: round(foreign.lowPriorityCpus),
    ...(dropped !== undefined && { dropped }),
  };
}

export function whyDropped(
  generated: Pick<Generated, 'ok' | 'failed' | 'seconds'>,
  { ratePerSecond, seconds }: Pick<LoadFacts, 'ratePerSecond' | 'seconds'>,
  foreignCpus: number,
  maxForeignCpus: number,
): string | undefined {
  if (foreignCpus > maxForeignCpus) return FOREIGN;
  if (failedCalls(generated) > 0) return 'failed calls';
  // The last answer comes after the last call was sent: that is no shortfall.
  const isSlow = generated.seconds > (seconds + 0.1) / LEAST_RATE;
  return ratePerSecond !== undefined && isSlow ? BEHIND : undefined;
}

function difference(after: ProcessUse, before: ProcessUse): HopUse {
  return {
    cpuMs: round((after.cpuNs - before.cpuNs) / 1e6),
    waitMs: round((after.waitNs - before.waitNs) / 1e6),
    memoryMib: round(after.memoryBytes / 2 ** 20),
  };
}

/** Six digits say all that a clock knows, and keep the record small. */
const round = (value: number) => Number(value.toPrecision(6));
