// Input in, diagnosis out.
import { ManifestError } from '../manifest-reader/fields';
import { readChain } from './chain/chain';
import { diagnose } from './diagnosis';
import { unknownKinds } from './input/kinds';
import { InputError } from './input/problem';
import { type Input, readInput } from './input/read-input';
import type { Caller } from './input/texts';
import type { DoctorOptions } from './options';
import { humanText, type Paint } from './output/human-text';
import { jsonText } from './output/json-text';
import { type Report, reaches } from './output/report';
import { sarifText } from './output/sarif-text';
import { RULES } from './rules/all';
import { annotationSuppressions } from './suppression/annotations';
import { commentSuppressions } from './suppression/comments';
import { BAD_SUPPRESSION, type Suppression } from './suppression/suppression';

export interface DoctorContext extends Caller {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly paint: Paint;
}

/** @returns the exit code */
export function runDoctor({ paths, format, failOn }: DoctorOptions, context: DoctorContext): 0 | 1 | 2 {
  let report: Report;
  try {
    report = examine(readInput(paths, context));
  } catch (thrown) {
    if (!(thrown instanceof InputError || thrown instanceof ManifestError)) throw thrown;
    for (const problem of thrown.problems) context.err(`doctor: ${problem}\n`);
    return 2;
  }
  if (format === 'json') context.out(jsonText(report));
  else if (format === 'sarif') context.out(sarifText(report));
  else context.out(humanText(report, context.paint));
  return reaches(report.diagnosis, failOn) ? 1 : 0;
}

/** @throws ManifestError as readChain() */
export function examine(input: Input): Report {
  const chain = readChain(input);
  const roots = [...input.objects.map(({ at }) => at), ...input.bootstraps];
  const suppressions: readonly Suppression[] = [
    ...annotationSuppressions(input.objects),
    ...input.texts.flatMap((text) => {
      const isOfText = ({ place }: { readonly place: { readonly file: string } }) => place.file === text.name;
      // What lies inside a text comes first: its entries are smaller.
      const inner = chain.envoys.map(({ bootstrap }) => bootstrap);
      return commentSuppressions(text, [...inner, ...roots].filter(isOfText));
    }),
  ];
  return {
    diagnosis: diagnose(chain, RULES, suppressions),
    rules: [BAD_SUPPRESSION, ...RULES],
    unknownKinds: unknownKinds(input.objects),
    others: input.others,
  };
}
