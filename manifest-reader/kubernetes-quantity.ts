// Kubernetes' way to write numbers: `300m` is 0.3, `2k` is 2000.

const SCALES: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** @throws Error when `text` is no quantity */
export function parseQuantity(text: string): number {
  const [, digits, suffix = ''] = /^([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)([a-zA-Z]?)$/.exec(text) ?? [];
  const scale = SCALES[suffix];
  if (digits === undefined || scale === undefined) {
    throw new Error(`cannot read a quantity: expected a number such as 300m, got "${text}"`);
  }
  // Division keeps 300m at 0.3; the product with 0.001 would not.
  return scale < 1 ? Number(digits) / Math.round(1 / scale) : Number(digits) * scale;
}
