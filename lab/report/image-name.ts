// What a figure is called where those of several experiments and backends lie in one folder.
import type { Params } from '../records/params';

const IMAGE_NAME = /^[^.]+\.(local|cluster)\.[^.]+\.svg$/;

/** `EXPERIMENT.BACKEND.FIGURE.svg`: none of the three has a dot, so no two figures share a name. */
export function imageName({ experiment, backend }: Pick<Params, 'experiment' | 'backend'>, figure: string): string {
  return `${experiment}.${backend}.${figure}.svg`;
}

/** Whether a file may be one that the lab wrote. */
export function isImageName(fileName: string): boolean {
  return IMAGE_NAME.test(fileName);
}
