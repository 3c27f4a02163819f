// Where the Prometheus comes from that reads the pods of a local system. It is never downloaded: only some experiments
// need it, and those say so.
import { explainFailure, type RunCommand } from '../../command-line/run-command';

export interface PrometheusBinary {
  readonly path: string;
  readonly version: string;
  readonly from: 'PROMETHEUS_BIN' | 'PATH';
}

export type FoundPrometheus =
  | { readonly ok: true; readonly prometheus: PrometheusBinary }
  /** What is missing and what helps, on one line. */
  | { readonly ok: false; readonly missing: string };

export interface FindPrometheusOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly run: RunCommand;
}

const QUICK_MS = 20_000;
const WAYS = 'set PROMETHEUS_BIN=/path/to/prometheus, or put prometheus on the PATH';

/** Takes PROMETHEUS_BIN, and only that one where it is set; else `prometheus` on the PATH. */
export async function findPrometheus({ env, run }: FindPrometheusOptions): Promise<FoundPrometheus> {
  const isGiven = Boolean(env.PROMETHEUS_BIN);
  const file = env.PROMETHEUS_BIN || 'prometheus';
  const result = await run(file, ['--version'], { timeoutMs: QUICK_MS });
  const version = /^prometheus, version (\d+\.\d+\.\d+\S*)/m.exec(`${result.stdout}\n${result.stderr}`)?.[1];
  if (result.code === 0 && version !== undefined) {
    return { ok: true, prometheus: { path: file, version, from: isGiven ? 'PROMETHEUS_BIN' : 'PATH' } };
  }
  const reason = result.code === 0 ? 'does not answer --version like Prometheus' : explainFailure(result);
  const where = isGiven ? `PROMETHEUS_BIN=${file}: ${reason}` : `${reason} (PROMETHEUS_BIN is not set)`;
  return { ok: false, missing: `no Prometheus: ${where}; ${WAYS}` };
}
