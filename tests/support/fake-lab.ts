// A lab without processes: a system that does nothing but remember what it was asked, and an experiment on it.
import type { RunOptions } from '../../lab/command-line';
import type { CommandIo } from '../../lab/commands/command-context';
import type { Experiment } from '../../lab/experiment';
import { defineExperiment } from '../../lab/experiments/define-experiment';
import type { RunEvent } from '../../lab/records/event';
import type { System } from '../../lab/system/system';
import type { SystemChange } from '../../lab/system/system-change';
import type { PreparedBackend, SystemFactory } from '../../lab/system/system-factory';

/** A quick run of these experiments, whose folders go into `out`. */
export function quickRunOf(out: string, ...experiments: readonly Experiment[]): RunOptions {
  return {
    experiments,
    backend: 'local',
    out,
    quick: true,
    seed: 7,
    minutes: undefined,
    network: '127.0.0',
    json: false,
  };
}

export interface FakeBackend {
  readonly factory: SystemFactory;
  /** What happened to the systems, in order. */
  readonly history: string[];
}

export interface FakeBackendOptions {
  /** Makes `start` reject with this text. */
  readonly startFails?: string;
  readonly missing?: PreparedBackend['missing'];
}

export function fakeBackend({ startFails, missing = {} }: FakeBackendOptions = {}): FakeBackend {
  const history: string[] = [];
  const factory: SystemFactory = async () => ({
    versions: { envoy: '1.40.0' },
    missing,
    start: async ({ change }) => {
      if (startFails !== undefined) throw new Error(startFails);
      history.push(`start${change === undefined ? '' : ` broken ${JSON.stringify(change)}`}`);
      const system = {
        backend: 'local',
        scale: async (tier: string, count: number) => void history.push(`scale ${tier} ${count}`),
        close: async () => void history.push('close'),
      } as Pick<System, 'backend' | 'scale' | 'close'>;
      return fakeSystem(system, change);
    },
  });
  return { factory, history };
}

/** The experiment below asks it whether it is broken. */
interface FakeSystem extends System {
  readonly change: SystemChange | undefined;
}

function fakeSystem(system: Partial<System>, change: SystemChange | undefined): FakeSystem {
  return { ...system, change } as FakeSystem;
}

type FakeSizes = { readonly pods: number; readonly minutes: number };

/** Two claims: that a system is sound, which a mutation of Envoys breaks, and that it was scaled to so many pods. */
export const fakeExperiment = defineExperiment<FakeSizes, readonly RunEvent[]>({
  name: 'fake',
  question: 'Is anything wrong?',
  hypothesis: 'Nothing is.',
  backends: ['local'],
  sizes: { full: { pods: 6, minutes: 3 }, quick: { pods: 2, minutes: 1 } },
  read: ({ events }) => events,
  claims: ({ pods }) => [
    {
      id: 'sound',
      text: 'It is sound.',
      threshold: { equals: 0 },
      unit: 'events',
      measure: (events) => ({
        value: events.filter((event) => event.kind === 'note' && event.detail?.text === 'broken').length,
      }),
    },
    {
      id: 'scaled',
      text: 'It is scaled.',
      threshold: { equals: pods },
      unit: 'pods',
      measure: (events) => {
        const scale = events.find((event) => event.kind === 'scale');
        return { value: scale?.kind === 'scale' ? (scale.detail?.to ?? null) : null };
      },
    },
  ],
  expectedMs: () => 1000,
  run: async (system, recorder, { pods }, { random }) => {
    recorder.phase('scaling');
    if ((system as FakeSystem).change !== undefined) recorder.note('broken');
    recorder.note(`drawn ${random().toFixed(6)}`);
    await system.scale('grpc-server', pods);
    recorder.event('scale', { subject: 'grpc-server', detail: { from: 3, to: pods } });
  },
  figures: () => [],
  mutations: [
    {
      name: 'unsound',
      text: 'it is not sound',
      backends: ['local'],
      change: { envoys: { retries: false } },
      mustFail: ['sound'],
    },
  ],
});

export interface FakeIo extends CommandIo {
  readonly written: { out: string; err: string };
}

export function fakeIo(
  backend: FakeBackend,
  experiments: readonly unknown[] = [fakeExperiment],
  interrupted = new AbortController().signal,
): FakeIo {
  const written = { out: '', err: '' };
  return {
    machine: {
      env: { PATH: process.env.PATH },
      platform: 'linux',
      pid: 1,
      nodePath: 'node',
      root: process.cwd(),
      isAlive: () => true,
    },
    nodeVersion: 'v20.20.2',
    experiments: experiments as readonly Experiment[],
    backends: { local: backend.factory },
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    isTerminal: false,
    interrupted,
    random: () => 0.5,
    written,
  };
}
