// What an unquoted word of YAML stands for in Kubernetes: kubectl reads with sigs.k8s.io/yaml, whose rules are those of
// YAML 1.1 with some exceptions. Source: go.yaml.in/yaml/v2, resolve.go; docs/local-stack.md has examples.
import type { ScalarTag } from 'yaml';

const NULL = /^(~|null|Null|NULL)?$/;
const TRUE = /^([yY]|[yY]es|YES|[tT]rue|TRUE|[oO]n|ON)$/;
const FALSE = /^([nN]|[nN]o|NO|[fF]alse|FALSE|[oO]ff|OFF)$/;
const NO_NUMBER = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
/** A leading zero makes it octal, unless a digit is none: 010 is 8, and 08 is 8 as well. */
const INTEGER = /^([-+]?)(0[xX][\dA-Fa-f]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9]\d*)$/;
const LARGEST = 2n ** 64n - 1n;
const SMALLEST = -(2n ** 63n);

export type Scalar = null | boolean | number | string;

/** @returns what `word` stands for; text where it stands for itself. NaN and infinities, which JSON lacks, stay numbers */
export function readWord(word: string): Scalar {
  if (NULL.test(word)) return null;
  if (TRUE.test(word)) return true;
  if (FALSE.test(word)) return false;
  if (NO_NUMBER.test(word)) return Number(word.replace(/\.inf/i, 'Infinity').replace(/\.nan/i, 'NaN'));
  return readNumber(word) ?? word;
}

function readNumber(word: string): number | undefined {
  if (!/^[-+.\d]/.test(word)) return undefined;
  // Underscores count for nothing, but not after a point at the beginning.
  const plain = word.startsWith('.') ? word : word.replaceAll('_', '');
  const integer = readInteger(plain);
  if (integer !== undefined) return integer;
  const float = FLOAT.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(float) ? float : undefined;
}

function readInteger(plain: string): number | undefined {
  const [, sign, digits] = INTEGER.exec(plain) ?? [];
  if (digits === undefined) return undefined;
  const size = BigInt(digits.replace(/^0(?=[0-7]+$)/, '0o'));
  const value = sign === '-' ? -size : size;
  const isKept = value >= SMALLEST && value <= (sign === '' ? LARGEST : -SMALLEST - 1n);
  return isKept ? Number(value) : undefined;
}

const TAG = 'tag:yaml.org,2002:';
const readsAs = (type: string): Pick<RegExp, 'test'> => ({
  test: (word) => {
    const value = readWord(word);
    return value === null ? type === 'object' : typeof value === type;
  },
});
const tag = (name: string, type: string): ScalarTag => ({
  tag: `${TAG}${name}`,
  default: true,
  test: readsAs(type) as RegExp,
  resolve: readWord,
});

/** For the parser of the package `yaml`, beside its failsafe schema. */
export const KUBERNETES_TAGS: readonly ScalarTag[] = [
  tag('null', 'object'),
  tag('bool', 'boolean'),
  tag('int', 'number'),
  tag('float', 'number'),
];
