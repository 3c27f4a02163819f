// What all suites are made with: the programs that were found, and the machine.
import type { Machine } from '../../command-line/machine';
import type { RunCommand } from '../../command-line/run-command';
import type { Variables } from '../../manifest-reader/pod-manifest';
import type { BenchOptions } from '../command-line';
import type { Sizes } from '../plan/sizes';
import type { GoPrograms } from '../programs/go-programs';
import type { FoundNode } from '../programs/node-programs';
import type { PeerPackages } from '../programs/peer-packages';
import type { NodeProgram } from '../subjects/servers';

export interface Workshop {
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly sizes: Sizes;
  readonly run: RunCommand;
  /** The environment of every process that is measured, before its own variables. */
  readonly machineEnv: Variables;
  readonly go: GoPrograms;
  readonly peers: PeerPackages;
  /** What the servers run on where no row says otherwise. */
  readonly node: NodeProgram;
  readonly findNode: (version: string) => Promise<FoundNode>;
  /** Leaves a current build in `dist/` of a checkout. */
  readonly build: (root: string) => Promise<void>;
  readonly say: (text: string) => void;
}
