// What the sample experiments have in common: they are judged and drawn, and never run.

export const notRun = {
  backends: ['local', 'cluster'] as const,
  sizes: { full: { calls: 10_000 }, quick: { calls: 1000 } },
  expectedMs: () => 30_000,
  run: () => Promise.reject(new Error('a sample experiment has no steps')),
  mutations: [],
};
