// The whole tier once more with the short road closed, so that all that it proves holds for both.
import { readdirSync } from 'node:fs';
import * as path from 'node:path';

/** These go both ways by themselves, or write files that a run beside this one reads. */
const ONCE = [path.basename(__filename), 'roads.test.ts', 'waiting-handlers.test.ts', 'bundle.test.ts'];

process.env.SHORT_ROAD = 'false';
for (const file of readdirSync(__dirname)) {
  if (file.endsWith('.test.ts') && !ONCE.includes(file)) require(path.join(__dirname, file));
}
