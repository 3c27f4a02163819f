// `npm run doctor:page`: writes docs/doctor.md.
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { doctorPage } from './doctor-page';

writeFileSync(path.join(__dirname, '../docs/doctor.md'), doctorPage());
