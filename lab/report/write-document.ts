// Writes the document over experiments and the figures that it shows. The only part of it that changes files.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { DocumentedExperiment } from './documented-experiment';
import { experimentsDocument } from './experiments-document';
import { isImageName } from './image-name';

export interface DocumentPlaces {
  /** The Markdown file. */
  readonly file: string;
  /** All files there whose names are of the document's pattern belong to the document; others are left alone. */
  readonly imageFolder: string;
}

export interface WrittenDocument {
  readonly images: readonly { readonly name: string; readonly bytes: number }[];
  /** Names of figures of earlier documents that this one does not show. */
  readonly removed: readonly string[];
}

export async function writeDocument(
  experiments: readonly DocumentedExperiment[],
  { file, imageFolder }: DocumentPlaces,
): Promise<WrittenDocument> {
  const figures = experiments.flatMap((experiment) => experiment.figures);
  await mkdir(path.dirname(file), { recursive: true });
  await mkdir(imageFolder, { recursive: true });
  for (const figure of figures) await writeFile(path.join(imageFolder, figure.fileName), figure.file);
  await writeFile(file, experimentsDocument(experiments, { imageFolder: linkBetween(file, imageFolder) }));
  const shown = new Set(figures.map(({ fileName }) => fileName));
  const removed = (await readdir(imageFolder)).filter((name) => isImageName(name) && !shown.has(name)).sort();
  for (const name of removed) await rm(path.join(imageFolder, name));
  const images = figures.map((figure) => ({ name: figure.fileName, bytes: Buffer.byteLength(figure.file) }));
  return { images, removed };
}

/** From the document to the folder, as a link says it. */
function linkBetween(file: string, folder: string): string {
  const relative = path.relative(path.dirname(path.resolve(file)), path.resolve(folder));
  if (relative === '') return '.';
  return relative
    .split(path.sep)
    .map((part) => encodeURIComponent(part).replace(/[()]/g, (mark) => (mark === '(' ? '%28' : '%29')))
    .join('/');
}
