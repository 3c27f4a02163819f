// Starts the processes of one block, each pinned to its CPU where that is possible, and ends them all afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { AddressPool } from '../../local/pods/addresses';
import { type ProcessSpec, type RunningProcess, startProcess, stopProcess } from '../../local/pods/process';
import { accepts } from '../../local/pods/readiness';
import type { Reaper } from '../../local/pods/reaper';
import { StartError } from '../../runtime/errors';
import { delay } from '../../runtime/lifecycle';
import type { Seat, Stage } from '../subjects/subject';

/** Which CPU each seat has; undefined where nothing is pinned. */
export type Pinning = Readonly<{ [seat in Seat]: number }> | undefined;

export interface StageOptions {
  readonly addresses: AddressPool;
  readonly reaper: Reaper;
  readonly pinning: Pinning;
  readonly signal: AbortSignal;
}

export interface OpenStage extends Stage {
  /** @throws StartError when a process of the block has ended by itself */
  assertAlive(): void;
  close(): Promise<void>;
}

const GRACE_MS = 2_000;
const START_MS = 60_000;
const POLL_MS = 20;

/** The words that run `command` on the CPU of its seat. taskset(1) becomes that command, so the process is the same. */
export function pinned(command: readonly string[], seat: Seat, pinning: Pinning): readonly string[] {
  return pinning === undefined ? command : ['taskset', '--cpu-list', String(pinning[seat]), ...command];
}

export async function openStage({ addresses, reaper, pinning, signal }: StageOptions): Promise<OpenStage> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-'));
  reaper.watch({ kind: 'directory', path: directory });
  const taken: string[] = [];
  const running: RunningProcess[] = [];
  const atEnd: (() => Promise<void>)[] = [];
  const died = () => running.find(({ exit }) => exit !== undefined);
  const assertAlive = () => {
    const dead = died();
    if (dead !== undefined) throw new StartError(`a measured process ended by itself: ${dead.tail().join(' | ')}`);
  };
  return {
    directory,
    address: () => {
      const address = addresses.take();
      taken.push(address);
      return address;
    },
    start: async (spec: ProcessSpec, seat) => {
      const [command = '', ...args] = pinned([spec.command, ...spec.args], seat, pinning);
      const child = await startProcess({ ...spec, command, args }, reaper);
      running.push(child);
      return child.pid;
    },
    listening: async (host, port) => {
      const deadline = Date.now() + START_MS;
      while (!(await accepts(host, port, 1000))) {
        signal.throwIfAborted();
        assertAlive();
        if (Date.now() > deadline)
          throw new StartError(`nothing listens on ${host}:${port} after ${START_MS / 1000} s`);
        await delay(POLL_MS, signal);
      }
    },
    atEnd: (work) => void atEnd.push(work),
    assertAlive,
    close: async () => {
      await Promise.all(running.map((child) => stopProcess(child, GRACE_MS)));
      for (const work of atEnd) await work();
      await rm(directory, { recursive: true, force: true });
      reaper.forget({ kind: 'directory', path: directory });
      for (const address of taken) addresses.release(address);
    },
  };
}
