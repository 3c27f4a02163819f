// What a process of this machine uses: from /proc, or from `ps` where there is no /proc.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { RunCommand } from '../../../command-line/run-command';
import type { ResourceUse } from '../system';

/** What Linux counts CPU time in, on every machine that Node.js runs on. */
const TICKS_PER_SECOND = 100;
const KIB = 1024;

/** @throws Error when there is no process of that number */
export async function readProcessUse(pid: number, run: RunCommand): Promise<ResourceUse> {
  return existsSync('/proc/self/stat') ? readFromProc(pid) : readFromPs(pid, run);
}

async function readFromProc(pid: number): Promise<ResourceUse> {
  const [memory, cpuSeconds, descriptors] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFromStat(pid),
    readdir(`/proc/${pid}/fd`).catch(() => undefined),
  ]);
  const residentKib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(memory)?.[1] ?? Number.NaN);
  if (Number.isNaN(residentKib)) throw new Error(`/proc/${pid}/status: expected VmRSS, the process has ended`);
  return { residentBytes: residentKib * KIB, cpuSeconds, openDescriptors: descriptors?.length };
}

async function readFromStat(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program stands in brackets, and may have any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function readFromPs(pid: number, run: RunCommand): Promise<ResourceUse> {
  const { code, stdout } = await run('ps', ['-o', 'rss=,time=', '-p', String(pid)], { timeoutMs: 5000 });
  const [rss, time] = stdout.trim().split(/\s+/);
  if (code !== 0 || rss === undefined || time === undefined) throw new Error(`ps: there is no process ${pid}`);
  return { residentBytes: Number(rss) * KIB, cpuSeconds: parsePsTime(time), openDescriptors: undefined };
}

/** Seconds of `1-02:03:04`, `03:04` or `3:04.56`. */
export function parsePsTime(text: string): number {
  const [days, clock] = text.includes('-') ? (text.split('-') as [string, string]) : ['0', text];
  return clock.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0) + Number(days) * 86_400;
}
