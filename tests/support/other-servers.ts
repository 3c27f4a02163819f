// What servers with other libraries for metrics showed: recordings of real ones, in the folder beside this file. Each had
// answered five health checks and two calls.
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

const FOLDER = path.join(__dirname, 'other-servers');

export interface Recording {
  /** `go-grpc-middleware` */
  readonly library: string;
  readonly text: string;
}

export const RECORDED = { healthChecks: 5, calls: 2 } as const;

export function otherServers(): readonly Recording[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
  return files.sort().map((name) => ({
    library: path.basename(name, '.txt'),
    text: readFileSync(path.join(FOLDER, name), 'utf8'),
  }));
}
