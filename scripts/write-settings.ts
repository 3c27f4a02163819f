// `npm run settings`: writes docs/settings.md.
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { settingsPage } from './settings-page';

writeFileSync(path.join(__dirname, '../docs/settings.md'), settingsPage());
