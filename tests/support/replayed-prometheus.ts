// A real Prometheus that is told minutes of made-up samples in a second: the samples carry their own times, and the last
// of them is now. It answers queries as if it had watched all the while.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { queryPath, readVector } from '../../lab/system/prometheus/api';
import { machineEnv } from '../../local/pods/pod-env';
import { startProcess } from '../../local/pods/process';
import { startReaper } from '../../local/pods/reaper';
import type { PrometheusBinary } from '../../local/prometheus/binary';
import type { Sample } from '../../prometheus-text/samples';
import { waitFor } from './condition';

/** What the pods show at one scrape: series with all their labels, and values. */
export type Frame = ReadonlyMap<string, number>;

export interface Replay {
  readonly binary: PrometheusBinary;
  /** How far apart two frames are, s. */
  readonly stepSeconds: number;
  /** The oldest first; the last one is of now. */
  readonly frames: readonly Frame[];
}

/** What a query gives at the time of the last frame, or so long before it. Rejects when Prometheus refuses it. */
export type AskReplayed = (promql: string, agoSeconds?: number) => Promise<readonly Sample[]>;

const START_MS = 60_000;
const SCRAPE_EVERY = '1s';
const LISTENS = /msg="Listening on".* address=(\S+)/;

/** Runs `body` with a Prometheus that has seen the frames, and ends it whatever happens. */
export async function withReplayed<T>(replay: Replay, body: (ask: AskReplayed) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'replayed-prometheus-'));
  const reaper = startReaper();
  reaper.watch({ kind: 'directory', path: folder });
  const pods = await serveFrames(replay);
  const stop: (() => Promise<unknown>)[] = [];
  try {
    const configFile = path.join(folder, 'prometheus.yml');
    await writeFile(configFile, configFor(pods.address));
    let address = '';
    const running = await startProcess(
      {
        command: replay.binary.path,
        args: [
          `--config.file=${configFile}`,
          `--storage.tsdb.path=${path.join(folder, 'data')}`,
          '--web.listen-address=127.0.0.1:0',
        ],
        env: machineEnv(process.env),
        onLine: (_, line) => {
          address ||= LISTENS.exec(line)?.[1] ?? '';
        },
      },
      reaper,
    );
    stop.push(async () => {
      running.signal('SIGKILL');
      await running.exited;
    });
    const ask = async (promql: string, seconds: number) => {
      const response = await fetch(`http://${address}${queryPath(promql)}&time=${seconds}`);
      return readVector(await response.text(), promql);
    };
    // Prometheus stores "up" together with what it has read.
    await waitFor('Prometheus has read the frames', START_MS, async () => {
      if (running.exit !== undefined) throw new Error(`Prometheus has ended: ${running.tail().join('\n')}`);
      return address !== '' && (await ask('up == 1', Date.now() / 1000)).length > 0 ? true : undefined;
    });
    return await body((promql, agoSeconds = 0) => ask(promql, pods.endMs / 1000 - agoSeconds));
  } finally {
    for (const each of stop) await each();
    await pods.close();
    await rm(folder, { recursive: true, force: true });
    reaper.forget({ kind: 'directory', path: folder });
    await reaper.close();
  }
}

function configFor(target: string): string {
  return JSON.stringify({
    global: { scrape_interval: SCRAPE_EVERY, scrape_timeout: SCRAPE_EVERY },
    scrape_configs: [{ job_name: 'replay', static_configs: [{ targets: [target] }] }],
  });
}

/** Serves all frames at once: a series may come several times if each sample has a time of its own. */
async function serveFrames({ frames, stepSeconds }: Replay) {
  const endMs = Date.now();
  const lines = frames.flatMap((frame, index) => {
    const atMs = endMs - (frames.length - 1 - index) * stepSeconds * 1000;
    return [...frame].map(([series, value]) => `${series} ${value} ${atMs}\n`);
  });
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4');
    response.end(lines.join(''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    endMs,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
