// Runs the load generator (bench/go/generator) once and reads what it says.
import type { CommandResult, RunCommand } from '../../command-line/run-command';
import { explainFailure } from '../../command-line/run-command';
import type { LoadFacts } from '../records/record';
import type { Sample } from '../records/sample';

/** The name of every server in every row: it is part of the reply, whose length the generator checks. */
export const POD_NAME = 'grpc-server-bench';

type Kept = 'sent' | 'ok' | 'failed' | 'seconds' | 'p50Ms' | 'p90Ms' | 'p99Ms' | 'behindMs';

export interface Generated extends Pick<Sample, Kept> {
  readonly maxMs: number;
  /** CPU time of the generator itself. */
  readonly cpuMs: number;
}

export type Load = Pick<LoadFacts, 'ratePerSecond' | 'connections' | 'inFlight' | 'seconds'> & {
  /** Ends a closed loop earlier. */
  readonly calls?: number;
};

export interface GeneratorOptions {
  readonly run: RunCommand;
  /** The words before its arguments: the program, and what pins it to a CPU. */
  readonly command: readonly string[];
  readonly signal: AbortSignal;
}

/** Over the length of the load: calls that are still open get 6 s, connecting 5 s, and a starved machine its time. */
const SLACK_MS = 20_000;

/** @param targets `ADDRESS:PORT`; connections take turns among them. @throws Error when it could not send */
export async function generate(
  { run, command, signal }: GeneratorOptions,
  targets: readonly string[],
  { ratePerSecond = 0, connections, inFlight, seconds, calls = 0 }: Load,
  seed = 1,
): Promise<Generated> {
  const [program = '', ...words] = command;
  const args = [
    ...words,
    ...['-targets', targets.join(','), '-pod', POD_NAME, '-rate', String(ratePerSecond), '-seed', String(seed)],
    ...['-connections', String(connections), '-in-flight', String(inFlight), '-duration', `${seconds}s`],
    ...['-calls', String(calls)],
  ];
  const result = await run(program, args, { timeoutMs: seconds * 1000 + SLACK_MS, signal });
  return readGenerated(result);
}

export function readGenerated(result: CommandResult): Generated {
  if (result.code !== 0) throw new Error(`the load generator failed: ${explainFailure(result)}`);
  return JSON.parse(result.stdout) as Generated;
}
