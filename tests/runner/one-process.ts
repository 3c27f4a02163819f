// Runs the test files of TEST_FILES (a list in JSON, relative to `tests/`) in this process, one after the other. Each is a
// suite named after its file: that keeps its hooks to itself, and tells whose fault an end before the time is.
import * as path from 'node:path';
import { after, describe } from 'node:test';

/** Of a file: far more than any takes on a machine that does other things too. */
const LIMIT_MS = 600_000;
/** What a test leaves open, a server say, would keep the process for ever. */
const LINGER_MS = 10_000;

function main(files: readonly string[]): void {
  const unfinished = new Set(files);
  process.on('exit', (code) => {
    const [first] = unfinished;
    if (first === undefined) return;
    process.stderr.write(`tests/${first}: the process ended with exit code ${code} before this file did\n`);
    process.exitCode = 1;
  });
  after(() => {
    const end = () => {
      const open = process.getActiveResourcesInfo().join(', ');
      process.stderr.write(`tests: all have ended, and the process has not; still open: ${open}\n`);
      process.exit(1);
    };
    setTimeout(end, LINGER_MS).unref();
  });
  for (const file of files) {
    describe(file, { timeout: LIMIT_MS }, () => {
      after(() => unfinished.delete(file));
      require(path.join(__dirname, '..', file));
    });
  }
}

main(JSON.parse(process.env.TEST_FILES ?? '[]'));
