// `npm run learned`: writes the list of "What we learned" into README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { learnedList, withLearned } from './learned';

const README = path.join(__dirname, '../README.md');
writeFileSync(README, withLearned(readFileSync(README, 'utf8'), learnedList()));
