// `npm run exposure`: writes the tables of ports and pairs into SECURITY.md.
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { withExposure } from './exposure';
import { ROOT } from './read-manifests';

const FILE = path.join(ROOT, 'SECURITY.md');
writeFileSync(FILE, withExposure(readFileSync(FILE, 'utf8')));
