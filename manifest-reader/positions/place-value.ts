// An object that stands in no file, such as one that the API server answered, as placed values: the place of each is the
// path of its field.
import { type Placed, placed } from './placed';

/** @param name what stands in place of a file: `Deployment/shop/cart` */
export function placeValue(value: unknown, name: string, field = ''): Placed {
  const place = { file: name, line: 0, field };
  const inner = Array.isArray(value)
    ? value.map((item, index) => placeValue(item, name, `${field}[${index}]`))
    : typeof value === 'object' && value !== null
      ? new Map(Object.entries(value).map(([key, each]) => [key, placeValue(each, name, fieldOf(field, key))]))
      : undefined;
  return placed({ value, place, lastLine: 0, inner, literalAfter: undefined });
}

function fieldOf(parent: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}
