// `docs`: the document over the newest runs, with its figures.
import { statSync } from 'node:fs';
import * as path from 'node:path';
import { totalsOf, totalsText } from '../report/document-totals';
import { documentExperiments } from '../report/documented-experiment';
import { readDocumentedRuns } from '../report/read-documented-runs';
import { writeDocument } from '../report/write-document';
import { type CommandIo, EXIT, type ExitCode } from './command-context';

export interface DocsRequest {
  /** Where runs are. */
  readonly folders: readonly string[];
  /** The Markdown file. */
  readonly out: string;
  /** Default: `images` beside the document. */
  readonly images: string | undefined;
  readonly json: boolean;
}

/** Writes nothing unless everything can be read. Passes when every run that is shown is as it should be. */
export async function docsCommand({ folders, out, images, json }: DocsRequest, io: CommandIo): Promise<ExitCode> {
  const say = json ? io.err : io.out;
  const imageFolder = images ?? path.join(path.dirname(out), 'images');
  const { runs, leftOut, problems } = await readDocumentedRuns(folders, io.experiments);
  const wrong = [...placeProblems(out, imageFolder), ...problems];
  if (wrong.length > 0) {
    for (const problem of wrong) io.err(`lab: ${problem}\n`);
    return EXIT.failed;
  }
  const experiments = documentExperiments(io.experiments, runs);
  const written = await writeDocument(experiments, { file: out, imageFolder });
  const totals = totalsOf(experiments);
  const isPassed = totals.every(({ failing, mutations }) => failing.length + mutations.missed.length === 0);
  for (const each of totals) {
    say(`${totalsText(each)}\n`);
    for (const [what, names] of [
      ['do not hold', each.failing],
      ['not run', each.notRun],
      ['not noticed', each.mutations.missed],
      ['mutations not run', each.mutations.notRun],
    ] as const) {
      if (names.length > 0) say(`    ${what}: ${names.join(', ')}\n`);
    }
  }
  for (const { folder, why } of leftOut) say(`left out ${folder}: ${why}\n`);
  const kilobytes = Math.ceil(written.images.reduce((sum, { bytes }) => sum + bytes, 0) / 1000);
  const removed = written.removed.length === 0 ? '' : `, removed ${written.removed.join(', ')}`;
  say(`wrote ${out}, and ${written.images.length} figures (${kilobytes} kB) into ${imageFolder}${removed}\n`);
  if (json) {
    const result = { command: 'docs', pass: isPassed, document: out, imageFolder, ...written, leftOut, totals };
    io.out(`${JSON.stringify(result)}\n`);
  }
  return isPassed ? EXIT.passed : EXIT.failed;
}

/** What is in the place of a file or folder to write. */
function placeProblems(out: string, imageFolder: string): string[] {
  const isFolder = (where: string) => statSync(where, { throwIfNoEntry: false })?.isDirectory();
  return [
    ...(isFolder(out) === true ? [`cannot write ${out}: expected a file, got a folder`] : []),
    ...(isFolder(imageFolder) === false
      ? [`cannot write figures: expected a folder, got the file ${imageFolder}`]
      : []),
  ];
}
