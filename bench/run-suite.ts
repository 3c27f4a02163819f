// Runs the rounds of one suite. A block that was spoilt is measured again, with new processes, and both stay in the record.
import { median } from '../lab/statistics/percentile';
import type { Random } from '../lab/statistics/seeded-random';
import { StartError, toError } from '../runtime/errors';
import { type BlockOptions, type Measured, measureBlock } from './measure/block';
import { palindrome } from './plan/palindrome';
import type { Suite } from './plan/suite';
import { BEHIND, isCarried, type Sample } from './records/sample';
import type { Subject } from './subjects/subject';

export interface SuiteRun {
  readonly block: Omit<BlockOptions, 'loads' | 'isLadder' | 'warmUp' | 'seed'>;
  readonly random: Random;
  /** One line per block. */
  readonly say: (text: string) => void;
  readonly onSample: (sample: Sample) => void;
  /** How a block is measured. */
  readonly measure?: typeof measureBlock;
}

/** Of one block; after that its round does not count for its row. */
const ATTEMPTS = 3;
/** Blocks in a row that were all dropped: the machine is in use, and more of them would not help. */
const GIVE_UP_AFTER = 8;

/** The machine was too busy for any number. */
export class BusyError extends Error {
  constructor(reason: string, foreignCpus: number, maxForeignCpus: number) {
    super(
      `no number: ${GIVE_UP_AFTER} blocks in a row were dropped, the last one for this: ${reason}. Other programs kept ` +
        `${foreignCpus.toFixed(2)} CPUs busy meanwhile; ${maxForeignCpus} is the most that counts (--max-foreign). ` +
        'Stop them, or run this again later.',
    );
    this.name = 'BusyError';
  }
}

/** @throws BusyError */
export async function runSuite(
  suite: Suite,
  { block, random, say, onSample, measure = measureBlock }: SuiteRun,
): Promise<void> {
  /** Foreign load of the blocks that were dropped since the last one that counted. */
  const busy: number[] = [];
  /** Rows that did not keep their rate twice in a row: they cannot, and asking them again would take minutes. */
  const slow = new Set<string>();
  const { loads, warmUp, isLadder = false } = suite;
  for (let round = 1; round <= suite.rounds; round += 1) {
    const places = palindrome(suite.subjects, random);
    for (const [index, { row, half }] of places.entries()) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        block.stage.signal.throwIfAborted();
        const seed = 1 + Math.floor(random() * 1_000_000);
        const options = { ...block, loads, isLadder, warmUp, seed };
        const measured = await tryBlock(measure, row, options, attempt < ATTEMPTS ? say : undefined);
        if (measured === undefined) continue;
        const dropped = measured.find((sample) => sample.dropped !== undefined)?.dropped;
        for (const sample of measured) onSample({ suite: suite.id, row: row.id, round, half, attempt, ...sample });
        const place = `${suite.id} round ${round}/${suite.rounds}, block ${index + 1}/${places.length}`;
        say(
          `${place}: ${row.label}: ${isLadder ? ladderText(measured) : blockText(measured, suite.hop)}${dropped ? `, dropped: ${dropped}` : ''}`,
        );
        if (dropped === undefined) {
          busy.length = 0;
          break;
        }
        busy.push(median(measured.map(({ foreignCpus }) => foreignCpus)));
        if (busy.length >= GIVE_UP_AFTER) throw new BusyError(dropped, median(busy), block.maxForeignCpus);
        if (dropped === BEHIND && attempt > 1) slow.add(row.id);
        if (dropped === BEHIND && slow.has(row.id)) break;
      }
    }
  }
}

/** Undefined where the processes did not start or broke off; without `say`, that is the end. @throws StartError then */
async function tryBlock(
  measure: typeof measureBlock,
  subject: Subject,
  options: BlockOptions,
  say: ((text: string) => void) | undefined,
): Promise<readonly Measured[] | undefined> {
  try {
    return await measure(subject, options);
  } catch (thrown) {
    if (options.stage.signal.aborted) throw thrown;
    const text = `${subject.label}: ${toError(thrown).message}`;
    if (say === undefined) throw new StartError(text, { cause: thrown });
    say(`${text}; once more`);
    return undefined;
  }
}

function ladderText(measured: readonly Measured[]): string {
  const last = measured.filter(isCarried).at(-1);
  return `carries ${last?.askedPerSecond ?? 0} calls/s`;
}

function blockText(measured: readonly Measured[], hop: string): string {
  return measured
    .map(({ kind, ok, seconds, hops, p50Ms }) => {
      const perCall = ((hops[hop]?.cpuMs ?? Number.NaN) * 1000) / ok;
      const cpu = Number.isNaN(perCall) ? '' : `${perCall.toFixed(1)} µs/call `;
      return kind === 'fixed' ? `${cpu}p50 ${p50Ms.toFixed(2)} ms` : `${cpu}${Math.round(ok / seconds)} calls/s`;
    })
    .join(', ');
}
