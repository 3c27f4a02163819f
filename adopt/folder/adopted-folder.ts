// The folder that adopt writes. It remembers which services it was written for, so that another one can join them, and what
// it wrote, so that an edit by hand is never lost.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Files } from '../objects/adopted-files';
import type { Service } from '../service/service';

/** Begins with a dot: neither kubectl nor a linter takes it for an object. */
const RECORD = '.adopted';
const VERSION = 1;

interface WrittenFolder {
  readonly version: number;
  readonly services: readonly Service[];
  /** SHA-256 of each file as it was written. */
  readonly files: Readonly<Record<string, string>>;
}

export interface AdoptedFolder {
  readonly directory: string;
  /** Those it was written for before. */
  readonly services: readonly Service[];
  /** Files that are not as they were written. */
  readonly edited: readonly string[];
  /** Takes away what was written before and is not written any more. */
  write(services: readonly Service[], files: Files): void;
}

/** @param problems a folder that holds something else is added there */
export function openFolder(directory: string, problems: string[]): AdoptedFolder {
  const record = readRecord(directory, problems);
  const edited = Object.entries(record.files).flatMap(([file, hash]) => {
    const at = path.join(directory, file);
    return existsSync(at) && hashOf(readFileSync(at, 'utf8')) !== hash ? [file] : [];
  });
  return {
    directory,
    services: record.services,
    edited,
    write: (services, files) => {
      for (const file of Object.keys(record.files)) {
        if (!files.has(file)) rmSync(path.join(directory, file), { force: true });
      }
      for (const [file, text] of files) {
        mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
        writeFileSync(path.join(directory, file), text);
      }
      const hashes = Object.fromEntries([...files].map(([file, text]) => [file, hashOf(text)]));
      const written: WrittenFolder = { version: VERSION, services, files: hashes };
      writeFileSync(path.join(directory, RECORD), `${JSON.stringify(written, null, 1)}\n`);
    },
  };
}

function readRecord(directory: string, problems: string[]): WrittenFolder {
  const nothing: WrittenFolder = { version: VERSION, services: [], files: {} };
  const file = path.join(directory, RECORD);
  if (existsSync(file)) {
    try {
      const record = JSON.parse(readFileSync(file, 'utf8')) as WrittenFolder;
      if (record.version === VERSION) return record;
      problems.push(
        `--out ${directory}: written by another version of adopt (${record.version}); choose another folder`,
      );
    } catch (thrown) {
      problems.push(
        `--out ${directory}: ${RECORD} cannot be read (${(thrown as Error).message}); choose another folder`,
      );
    }
  } else if (existsSync(directory) && !isEmptyFolder(directory)) {
    problems.push(`--out ${directory}: expected a new folder, or one that adopt wrote, got something else`);
  }
  return nothing;
}

function isEmptyFolder(directory: string): boolean {
  return statSync(directory).isDirectory() && readdirSync(directory).length === 0;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
