// Amounts of CPU and memory as Kubernetes writes them.

const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** `1500m` is 1.5, `64Mi` is 67108864. Undefined when it is none. */
export function quantity(value: unknown): number | undefined {
  const [, amount, suffix] = /^(\d+(?:\.\d+)?)(m|k|[KMGT]i?)?$/.exec(String(value ?? '')) ?? [];
  const factor = SUFFIXES[suffix ?? ''];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}
