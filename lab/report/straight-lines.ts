// Leaves out points of drawn lines that cannot be seen. Layers over time lie flat for most of it, with a point per step.

type Point = readonly [x: string, y: string];

const POLYLINE = /^M[-\d.]+ [-\d.]+(?:L[-\d.]+ [-\d.]+){2,}Z?$/;

/** Within each path of straight lines, of the points in a row at one height only the first and the last. */
export function withoutHiddenPoints(svg: string): string {
  return svg.replace(/(?<= d=")[^"]*(?=")/g, (path) => (POLYLINE.test(path) ? shorten(path) : path));
}

function shorten(path: string): string {
  const points = [...path.matchAll(/([-\d.]+) ([-\d.]+)/g)].map(([, x = '', y = '']): Point => [x, y]);
  const kept = points.filter((point, index) => !isBetween(points[index - 1], point, points[index + 1]));
  return `M${kept.map(([x, y]) => `${x} ${y}`).join('L')}${path.endsWith('Z') ? 'Z' : ''}`;
}

/** A line that turns back on itself shows its end, so the point must also lie between the others. */
function isBetween(before: Point | undefined, [x, y]: Point, after: Point | undefined): boolean {
  if (before === undefined || after === undefined || before[1] !== y || after[1] !== y) return false;
  return (Number(x) - Number(before[0])) * (Number(after[0]) - Number(x)) > 0;
}
