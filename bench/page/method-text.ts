// What a reader must know to judge the numbers, and to get the same ones.
import { median, percentile } from '../../lab/statistics/percentile';
import type { BenchRecord } from '../records/record';
import { amount, percent } from './numbers';

export function machineText({
  machine,
  startedAt,
  maxForeignCpus,
  samples,
  suites,
  isQuick,
}: BenchRecord): readonly string[] {
  const kept = samples.filter(({ dropped }) => dropped === undefined);
  const foreign = kept.map(({ foreignCpus }) => foreignCpus);
  const low = kept.map(({ foreignLowPriorityCpus }) => foreignLowPriorityCpus);
  const isLoud = median(foreign) > 0.1;
  return [
    `Measured on ${startedAt.slice(0, 10)}: ${machine.cpus} × ${machine.cpu}, ${machine.memoryGib} GiB, ${machine.system},`,
    `kernel ${machine.kernel}, commit ${machine.commit}${isQuick ? ', a quick run' : ''}. Other programs used`,
    `${amount(median(foreign))} CPUs at the median and ${amount(percentile(foreign, 90))} at the 90th percentile of what counts`,
    `(of that, at low priority, ${amount(median(low))} and ${amount(percentile(low, 90))}); more than ${maxForeignCpus} did not count.`,
    ...suites.flatMap(({ id, measured }) =>
      measured === undefined
        ? []
        : [`The suite ${id} was measured again on ${measured.startedAt.slice(0, 10)}, at commit ${measured.commit}.`],
    ),
    ...(isLoud
      ? ['The machine was not quiet: read the ratios with their intervals, and no latency as more than a hint.']
      : []),
    'Ratios carry over to other machines; microseconds, calls per second and milliseconds do not.',
  ];
}

interface Confidence {
  readonly fewestRounds: number;
  readonly confidenceOf: (rounds: number) => number;
}

export function methodText(record: BenchRecord, { fewestRounds, confidenceOf }: Confidence): readonly string[] {
  const { samples, suites, maxForeignCpus, machine, seed, minutes } = record;
  const dropped = samples.filter((sample) => sample.dropped !== undefined);
  const reasons = [...new Set(dropped.map((sample) => sample.dropped as string))].map(
    (reason) => `${dropped.filter((sample) => sample.dropped === reason).length} for ${reason}`,
  );
  const confidences = suites.map(({ id, rounds }) => `${percent(confidenceOf(rounds))} for ${rounds} rounds (${id})`);
  const failed = samples.reduce(
    (sum, sample) => sum + Object.values(sample.failed).reduce((all, one) => all + one, 0),
    0,
  );
  const calls = samples.reduce((sum, { ok }) => sum + ok, 0);
  return [
    '`npm run bench` measures all of this again; `npm run bench -- --help` says how to compare two settings or two checkouts.',
    '',
    '- **CPU per call** is what the kernel says the processes used (`/proc/PID/task/*/schedstat`, children included), divided',
    '  by the answered calls. Garbage collection, compilation and helper threads are in it. It hardly depends on neighbours; time does.',
    '- **A block** is one row: new processes, a warm-up as fast as they answer, then each load. Two copies of one Node.js server',
    '  differ for as long as they live, so rounds on old processes would compare copies, not programs.',
    '- **A round** has every row twice, in an order that is drawn and then reversed (A B C C B A). A ratio is one row divided by the',
    '  base within a round; the tables have the median over rounds, and in brackets the interval that encloses it',
    `  by the sign test: ${confidences.join(', ')}.`,
    '- **The row named "again"** is a second copy of the base. What it differs from 1 is noise, and smaller differences of other rows are noise too.',
    '- **The load** comes from `bench/go/generator`: an open loop at random intervals, whose latency counts from when a call was',
    '  due, or, where the table says so, a closed loop. A reply counts if its grpc-status is 0 and its message has the right length:',
    `  ${calls.toLocaleString('en-US')} did, ${failed.toLocaleString('en-US')} did not.`,
    `- **Left out**: blocks during which others used more than ${maxForeignCpus} CPUs, whose calls failed, or that fell behind the asked rate.`,
    `  They were measured again, unless a row was late twice: ${dropped.length} of ${samples.length} stretches${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}. Fewer than ${fewestRounds} rounds give no number.`,
    `- ${machine.pinning[0]?.toUpperCase()}${machine.pinning.slice(1)}. The run took ${minutes} minutes; its seed was ${seed}. Every stretch is in`,
    '  [performance.json](performance.json).',
  ];
}
