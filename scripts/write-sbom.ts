// `npm run sbom`: writes docs/sbom.cdx.json.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Bill, billOf, foreignImages, shippedPackages } from './sbom';

const ROOT = path.join(__dirname, '..');
const ARGS = ['sbom', '--sbom-format', 'cyclonedx'];
const listed = JSON.parse(execFileSync('npm', ARGS, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 })) as Bill;
const lockfile = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
const bill = billOf(listed, shippedPackages(lockfile), foreignImages(ROOT));
writeFileSync(path.join(ROOT, 'docs', 'sbom.cdx.json'), `${JSON.stringify(bill, undefined, 2)}\n`);
