// What Ctrl-C does to a command that ends its processes in order.

/**
 * Aborts at the first signal, and when a reader went away (`| head`). A second signal ends this process at once with
 * `code`: the reaper then ends what runs, as it would after SIGKILL.
 */
export function interruptionOf(running: NodeJS.Process, code: number): AbortSignal {
  const interrupted = new AbortController();
  const interrupt = () => {
    if (interrupted.signal.aborted) running.exit(code);
    interrupted.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) running.on(signal, interrupt);
  for (const stream of [running.stdout, running.stderr]) stream.on('error', () => interrupted.abort());
  return interrupted.signal;
}
