// The questions that a reader comes with, answered in a sentence or two from the record.
import { compareRows } from '../comparison/compare-rows';
import type { BenchRecord } from '../records/record';
import { amount, ratio } from './numbers';

export function answers(record: BenchRecord): readonly string[] {
  return [serverAnswer(record)].flat();
}

function serverAnswer({ suites, samples }: BenchRecord): readonly string[] {
  const suite = suites.find(({ id }) => id === 'servers');
  if (suite === undefined) return [];
  const load = suite.loads.find(({ ratePerSecond }) => ratePerSecond !== undefined);
  if (load === undefined) return [];
  const rows = compareRows(suite, load.id, samples);
  const ours = rows.find(({ id }) => id === 'ours');
  const control = rows.find(({ id }) => id === suite.control);
  if (ours === undefined || control === undefined) return [];
  const others = rows
    .filter(({ id }) => ![suite.base, suite.control, 'ours'].includes(id))
    .map(({ id, cpuRatio }) => `${suite.rows.find((row) => row.id === id)?.label} ${ratio(cpuRatio)}`);
  return [
    `- **What does the server cost me?** ${amount(ours.cpuUs)} µs of CPU per call at ${load.label}: ${ratio(ours.cpuRatio)} of bare grpc-js,`,
    `  where a second bare one is ${ratio(control.cpuRatio)}. Beside them: ${others.join(', ')}.`,
  ];
}
