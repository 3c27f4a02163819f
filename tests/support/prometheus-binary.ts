// Finds the Prometheus that tests run: the lab's own search, and then the one that the one-node cluster beside this
// repository was built with, if it has been.
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { createRunCommand } from '../../command-line/run-command';
import { type FoundPrometheus, findPrometheus } from '../../local/prometheus/binary';

const ENV_SCRIPT = path.join(__dirname, '../../../shared/cluster/env.sh');
const PRINT_PATH = '. "$1" && printf "%s" "$BIN/prometheus"';

export async function findTestPrometheus(env: NodeJS.ProcessEnv = process.env): Promise<FoundPrometheus> {
  const run = createRunCommand(env);
  const found = await findPrometheus({ env, run });
  if (found.ok || env.PROMETHEUS_BIN || !existsSync(ENV_SCRIPT)) return found;
  const { code, stdout } = await run('bash', ['-c', PRINT_PATH, 'bash', ENV_SCRIPT], { timeoutMs: 10_000 });
  if (code !== 0 || !existsSync(stdout)) return found;
  return findPrometheus({ env: { ...env, PROMETHEUS_BIN: stdout }, run });
}
