// The questions that a reader comes with, answered in a sentence or two from the record.
import { capacities, target } from '../comparison/capacity';
import { type ComparedRow, compareRows } from '../comparison/compare-rows';
import type { BenchRecord, SuiteFacts } from '../records/record';
import { growthOf } from './capacity-section';
import { amount, ratio } from './numbers';

export function answers(record: BenchRecord): readonly string[] {
  return [...serverAnswer(record), ...hopAnswer(record), ...targetAnswer(record)];
}

const suiteOf = ({ suites }: BenchRecord, id: string): SuiteFacts | undefined =>
  suites.find((suite) => suite.id === id);

/** `nice-grpc 1.09 [1.02, 1.15], …` */
function beside(suite: SuiteFacts, rows: readonly ComparedRow[], apart: readonly string[]): string {
  return rows
    .filter(({ id, cpuRatio }) => !apart.includes(id) && cpuRatio !== undefined)
    .map(({ id, cpuRatio }) => `${suite.rows.find((row) => row.id === id)?.label} ${ratio(cpuRatio)}`)
    .join(', ');
}

function serverAnswer(record: BenchRecord): readonly string[] {
  const suite = suiteOf(record, 'servers');
  const load = suite?.loads.find(({ ratePerSecond }) => ratePerSecond !== undefined);
  if (suite === undefined || load === undefined) return [];
  const rows = compareRows(suite, load.id, record.samples);
  const ours = rows.find(({ id }) => id === 'ours');
  const control = rows.find(({ id }) => id === suite.control);
  if (ours === undefined || control === undefined) return [];
  return [
    `- **What does the server cost me?** ${amount(ours.cpuUs)} µs of CPU per call at ${load.label}, ${ratio(ours.cpuRatio)} times what bare grpc-js`,
    `  costs, where a second bare one is ${ratio(control.cpuRatio)}. Metrics, log, health and limits are in it. Others, divided by bare`,
    `  grpc-js: ${beside(suite, rows, [suite.base, suite.control, 'ours'])}.`,
  ];
}

function hopAnswer(record: BenchRecord): readonly string[] {
  const suite = suiteOf(record, 'paths');
  const load = suite?.loads.at(-1);
  if (suite === undefined || load === undefined) return [];
  const rows = compareRows(suite, load.id, record.samples);
  const ours = rows.find(({ id }) => id === suite.base);
  const straight = rows.find(({ id }) => id === 'direct');
  if (ours === undefined || straight === undefined || suite.base === 'direct') return [];
  const slower = suite.loads.map((each) => {
    const p50 = compareRows(suite, each.id, record.samples, 'direct').find(({ id }) => id === suite.base)?.p50Ratio;
    return `${ratio(p50)} times on ${each.connections} connection${each.connections === 1 ? '' : 's'}`;
  });
  return [
    `- **What does the hop cost me?** ${amount(ours.cpuUs)} µs of CPU per call in Envoy at ${load.label}, and ${amount(ours.p50Ms - straight.p50Ms)} ms at the median`,
    `  (p50 ÷ without a proxy: ${slower.join(', ')}). Divided by this Envoy: ${beside(suite, rows, [suite.base])}.`,
  ];
}

function targetAnswer(record: BenchRecord): readonly string[] {
  const found = capacities(record);
  if (found.length === 0) return [];
  const each = found.map(
    ({ id, label, callsPerSecond }) =>
      `${label} carries ${amount(callsPerSecond)} calls/s per CPU, which gives a target of ${amount(target(callsPerSecond, growthOf(id)))}`,
  );
  return [
    `- **Which target do I set?** Not the shipped 0.3. On this machine ${each.join('; ')}`,
    '  ([how much one pod carries](#how-much-one-pod-carries)). Measure your own handlers: a greeting does no work.',
  ];
}
