// Input in, diagnosis out.
import { ManifestError } from '../manifest-reader/fields';
import { type Chain, readChain } from './chain/chain';
import { diagnose } from './diagnosis';
import { unknownKinds } from './input/kinds';
import { InputError } from './input/problem';
import { type Input, readInput, refuseNothing } from './input/read-input';
import type { Caller } from './input/texts';
import { examineLive, Interrupted, type LiveContext } from './live/run-live';
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
  readonly live: LiveContext;
}

/** As shells have it for Ctrl-C. */
const INTERRUPTED = 130;

/** @returns the exit code */
export async function runDoctor(options: DoctorOptions, context: DoctorContext): Promise<0 | 1 | 2 | 130> {
  const { paths, format, failOn, live } = options;
  let report: Report;
  try {
    const input = readInput(paths, context);
    refuseNothing(input);
    const files = { input, comments: (chain: Chain) => fileSuppressions(input, chain) };
    report = live === undefined ? examine(input) : await examineLive(live, files, context.live);
  } catch (thrown) {
    if (thrown instanceof Interrupted) return INTERRUPTED;
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
  const suppressions = [...annotationSuppressions(input.objects), ...fileSuppressions(input, chain)];
  return {
    diagnosis: diagnose(chain, RULES, suppressions),
    rules: [BAD_SUPPRESSION, ...RULES],
    unknownKinds: unknownKinds(input.objects),
    others: input.others,
  };
}

/** Of the comments in files. */
function fileSuppressions({ texts, objects, bootstraps }: Input, chain: Chain): readonly Suppression[] {
  const roots = [...objects.map(({ at }) => at), ...bootstraps];
  return texts.flatMap((text) => {
    const isOfText = ({ place }: { readonly place: { readonly file: string } }) => place.file === text.name;
    // What lies inside a text comes first: its entries are smaller.
    const inner = chain.envoys.map(({ bootstrap }) => bootstrap);
    return commentSuppressions(text, [...inner, ...roots].filter(isOfText));
  });
}
