// The doctor over texts that a test holds in its hands.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { type Input, readInput } from '../../../doctor/input/read-input';
import type { Report } from '../../../doctor/output/report';
import { examine } from '../../../doctor/run';

/** What standard input with `text` holds. @throws InputError */
export function inputOf(text: string): Input {
  return readInput(['-'], { folder: '/', readStdin: () => text });
}

/** @throws InputError, ManifestError */
export function examined(text: string): Report {
  return examine(inputOf(text));
}

/** `GLB001 12`: code and line of each finding. */
export function foundIn(text: string): readonly string[] {
  return examined(text).diagnosis.findings.map(({ rule, place }) => `${rule.code} ${place.line}`);
}

/** A folder that goes with the test, with these files in it. */
export function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'doctor-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}
