// The peers' packages, as bench/peers/package-lock.json pins them: in the cache, so that nothing of them is in the project.
import { existsSync, readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import * as path from 'node:path';
import { explainFailure, type RunCommand } from '../../command-line/run-command';
import { cacheDirectory, keepProgram, sourceKey } from '../../local/envoy/program-cache';
import type { Peer } from '../subjects/servers';

export type PeerPackages =
  | { readonly ok: true; readonly modules: string; readonly peers: readonly Peer[] }
  | { readonly ok: false; readonly reason: string };

const INSTALL_MS = 10 * 60_000;

/** Puts them into a folder that is named after the lockfile. */
export async function peerPackages(
  root: string,
  env: NodeJS.ProcessEnv,
  run: RunCommand,
  log: (text: string) => void,
): Promise<PeerPackages> {
  const source = path.join(root, 'bench', 'peers');
  const lock = path.join(source, 'package-lock.json');
  const modules = path.join(cacheDirectory(env), `bench-peers-${sourceKey(source, [lock])}`, 'node_modules');
  const peers = peersOf(JSON.parse(readFileSync(lock, 'utf8')) as LockFile);
  if (existsSync(modules)) return { ok: true, modules, peers };
  log('installing the packages of bench/peers, once');
  const kept = await keepProgram(modules, async (directory) => {
    for (const name of ['package.json', 'package-lock.json']) {
      await copyFile(path.join(source, name), path.join(directory, name));
    }
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    const installed = await run('npm', args, { cwd: directory, timeoutMs: INSTALL_MS });
    if (installed.code !== 0) return { ok: false, reason: `npm ci failed (${explainFailure(installed)})` };
    return { ok: true, file: path.join(directory, 'node_modules') };
  });
  return kept.ok ? { ok: true, modules, peers } : { ok: false, reason: kept.reason };
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** Every peer, with the versions of the lockfile. The first is the base of the comparison. */
export function peersOf({ packages }: LockFile): readonly Peer[] {
  const name = (label: string) => `${label} ${packages[`node_modules/${label}`]?.version ?? 'of an unknown version'}`;
  const grpc = name('@grpc/grpc-js');
  return [
    { id: 'bare', label: 'bare grpc-js', file: 'bare.js', detail: `${grpc}, default options, one handler` },
    {
      id: 'naive',
      label: 'grpc-js with the usual extras',
      file: 'naive.js',
      detail: `${grpc} with an interceptor: labelled timer and counter of ${name('prom-client')}, a line per call of ${name('pino')}`,
    },
    { id: 'nice-grpc', label: 'nice-grpc', file: 'nice-grpc.js', detail: `${name('nice-grpc')} on ${grpc}` },
    {
      id: 'connect-node',
      label: 'connect-node',
      file: 'connect-node.js',
      detail: `${name('@connectrpc/connect-node')} with ${name('@bufbuild/protobuf')}`,
    },
    {
      id: 'http2',
      label: "Node's HTTP/2 alone",
      file: 'http2.js',
      detail: `node:http2 with the codec of ${name('@grpc/proto-loader')}; no check, no deadline, no metrics: the least that Node can do`,
    },
  ];
}
