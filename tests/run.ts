// Runs test tiers (`node … tests/run.ts unit local`), prints node:test's own report and one closing line that a script can read.
// Under CI=true or REQUIRE_ALL=1 a skipped test is a failure: there, every prerequisite has to be present.
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { mustRunAll } from '../command-line/must-run-all';

const TIERS = ['unit', 'manifests', 'server', 'client', 'deploy', 'local', 'lab', 'cluster'] as const;

function main(tiers: readonly string[]): void {
  const unknown = tiers.filter((tier) => !(TIERS as readonly string[]).includes(tier));
  if (unknown.length > 0 || tiers.length === 0) {
    process.stderr.write(`tests/run.ts: expected one or more of ${TIERS.join(' ')}, got "${tiers.join(' ')}"\n`);
    process.exit(2);
  }
  const files = tiers.flatMap((tier) => testFiles(path.join(__dirname, tier)));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const skipped: string[] = [];
  const stream = run({ files, concurrency: 1, forceExit: false } as Parameters<typeof run>[0]);
  stream.on('test:pass', ({ name, skip, details }) => {
    if ((details as { type?: string }).type === 'suite') return;
    if (skip === undefined) counts.passed += 1;
    else {
      counts.skipped += 1;
      skipped.push(typeof skip === 'string' ? `${name}: ${skip}` : name);
    }
  });
  stream.on('test:fail', ({ details }) => {
    if ((details as { type?: string }).type !== 'suite') counts.failed += 1;
  });
  stream.compose(new spec() as unknown as NodeJS.ReadWriteStream).pipe(process.stdout);
  stream.on('end', () => {
    setImmediate(() => {
      for (const reason of skipped) process.stdout.write(`skipped: ${reason}\n`);
      if (mustRunAll(process.env) && skipped.length > 0) {
        process.stdout.write('skipped tests count as failed under CI=true and REQUIRE_ALL=1\n');
        counts.failed += counts.skipped;
        counts.skipped = 0;
      }
      if (counts.passed + counts.failed === 0) {
        process.stdout.write('no test ran\n');
        process.exitCode = 1;
      }
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
      if (counts.failed > 0) process.exitCode = 1;
    });
  });
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => path.join(folder, name));
}

main(process.argv.slice(2));
