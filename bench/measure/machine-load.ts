// How busy the whole machine was, and so how busy others kept it: /proc/stat (proc_stat(5)), less what is known to be ours.
import { type ReadProc, readProc } from './process-use';

/** ms of all CPUs since the machine started. */
export interface MachineTime {
  readonly busyMs: number;
  /** Part of it: processes with a nice value above 0. */
  readonly lowPriorityMs: number;
}

/** USER_HZ, which is 100 on every Linux that Node.js runs on. */
const MS_PER_TICK = 10;

/** @throws Error where there is no /proc/stat */
export function machineTime(read: ReadProc = readProc): MachineTime {
  const line = /^cpu +(.*)$/m.exec(read('stat') ?? '')?.[1];
  if (line === undefined) throw new Error('/proc/stat: expected a line that begins with cpu, got none');
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).map(Number);
  // `steal` is what other machines took of ours: foreign as well.
  return { busyMs: (user + nice + system + irq + softirq + steal) * MS_PER_TICK, lowPriorityMs: nice * MS_PER_TICK };
}

export interface ForeignLoad {
  /** CPUs, on average. */
  readonly cpus: number;
  readonly lowPriorityCpus: number;
}

export interface ForeignInput {
  readonly before: MachineTime;
  readonly after: MachineTime;
  readonly elapsedMs: number;
  /** CPU time of everything that belongs to the benchmark, ms. */
  readonly ownMs: number;
  /** Whether the benchmark's own processes are the ones with a nice value above 0. */
  readonly isOwnLowPriority: boolean;
}

export function foreignLoad({ before, after, elapsedMs, ownMs, isOwnLowPriority }: ForeignInput): ForeignLoad {
  const foreignMs = Math.max(0, after.busyMs - before.busyMs - ownMs);
  const niceMs = after.lowPriorityMs - before.lowPriorityMs - (isOwnLowPriority ? ownMs : 0);
  const lowMs = Math.min(foreignMs, Math.max(0, niceMs));
  return { cpus: foreignMs / elapsedMs, lowPriorityCpus: lowMs / elapsedMs };
}
