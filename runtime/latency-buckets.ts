// The bounds of every latency histogram that Prometheus reads. Server and client have the same, so that both can be laid
// over each other.

/** Upper bounds in seconds, 50 µs to 10 s: a greeting takes a fraction of a millisecond, a hung pod takes seconds. */
export const LATENCY_BUCKETS: readonly number[] = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
