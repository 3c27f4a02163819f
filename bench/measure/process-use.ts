// What the kernel says a process has used. Linux only: /proc is the one place that has nanoseconds of CPU time, and the
// time that was spent waiting for a CPU, per thread (Documentation/scheduler/sched-stats.rst of the kernel).
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUse {
  /** ns on a CPU. */
  readonly cpuNs: number;
  /** ns ready to run. */
  readonly waitNs: number;
  /** Resident bytes. */
  readonly memoryBytes: number;
}

export const NOTHING: ProcessUse = { cpuNs: 0, waitNs: 0, memoryBytes: 0 };
const PAGE_BYTES = 4096;

/** Reads a file below /proc; undefined when the process is gone. */
export type ReadProc = (path: string) => string | undefined;
/** The names in a folder below /proc; none when the process is gone. */
export type ListProc = (path: string) => readonly string[];

export const readProc: ReadProc = (path) => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
};

export const listProc: ListProc = (path) => {
  try {
    return readdirSync(`/proc/${path}`);
  } catch {
    return [];
  }
};

/** The sum over the processes and all that descend from them. A thread that has ended is no longer in it. */
export function useOf(pids: readonly number[], read: ReadProc = readProc, list: ListProc = listProc): ProcessUse {
  return pids
    .flatMap((pid) => withChildren(pid, read, list))
    .reduce((sum, pid) => add(sum, oneUse(pid, read, list)), NOTHING);
}

function withChildren(pid: number, read: ReadProc, list: ListProc): readonly number[] {
  const children = list(`${pid}/task`).flatMap((thread) => numbers(read(`${pid}/task/${thread}/children`)));
  return [pid, ...children.flatMap((child) => withChildren(child, read, list))];
}

function oneUse(pid: number, read: ReadProc, list: ListProc): ProcessUse {
  const threads = list(`${pid}/task`).map((thread) => {
    const [cpuNs = 0, waitNs = 0] = numbers(read(`${pid}/task/${thread}/schedstat`));
    return { cpuNs, waitNs, memoryBytes: 0 };
  });
  const [, residentPages = 0] = numbers(read(`${pid}/statm`));
  return threads.reduce(add, { ...NOTHING, memoryBytes: residentPages * PAGE_BYTES });
}

const numbers = (text = '') => text.split(/\s+/).filter(Boolean).map(Number);

const add = (left: ProcessUse, right: ProcessUse): ProcessUse => ({
  cpuNs: left.cpuNs + right.cpuNs,
  waitNs: left.waitNs + right.waitNs,
  memoryBytes: left.memoryBytes + right.memoryBytes,
});
