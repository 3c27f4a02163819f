// A load's pod from its start to its ledger: no line lost, none twice, and a failed load gives no result.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createRecorder, type Recorder } from '../../../../../lab/records/recorder';
import type { Kubectl } from '../../../../../lab/system/cluster/kubectl';
import { startLoadRun } from '../../../../../lab/system/cluster/load-run';
import type { Load } from '../../../../../lab/system/load';
import { waitFor } from '../../../../support/condition';
import { type FakeKubernetes, type Json, reply, startFakeKubernetes } from './fake-kubernetes';
import { deployObjects } from './sample-objects';

const PODS = '/api/v1/namespaces/grpc-client/pods';
const POD = `${PODS}/load-1`;
const line = (seq: number) =>
  `${JSON.stringify({ seq, intendedMs: seq, sentMs: seq, latencyMs: 1, code: 'OK', pod: 'p', via: 'e', attempts: 1 })}\n`;
const summary = (calls: number) => `${JSON.stringify({ level: 'info', calls, msg: 'summary' })}\n`;
const running: Json = { containerStatuses: [{ name: 'grpc-client', state: { running: {} } }] };
const ended = (exitCode: number): Json => ({
  containerStatuses: [{ name: 'grpc-client', state: { terminated: { exitCode } } }],
});

describe('startLoadRun()', { timeout: 60_000 }, () => {
  let kubernetes: FakeKubernetes;
  let folder: string;
  let recorder: Recorder;
  let asked: string[][];
  let giveUp: AbortController;
  /** Those who follow the log, and what there is of it. */
  let followers: ServerResponse[];
  let log: string;
  /** What becomes of the order to end. */
  let exec: () => Promise<string>;

  beforeEach(async () => {
    kubernetes = await startFakeKubernetes();
    deployObjects(kubernetes);
    folder = await mkdtemp(path.join(tmpdir(), 'lab-load-'));
    recorder = createRecorder({ folder, now: Date.now });
    asked = [];
    giveUp = new AbortController();
    followers = [];
    log = '';
    exec = async () => '';
    kubernetes.answer(`GET ${POD}/log`, (response, url) => {
      response.writeHead(200).write(log);
      if (url.includes('follow=true')) followers.push(response);
      else response.end();
    });
    kubernetes.answer(`GET ${PODS}/load-1:9464/proxy/metrics`, (response) => {
      response.writeHead(200).end('process_cpu_seconds_total 1.5\n');
    });
  });
  afterEach(async () => {
    giveUp.abort();
    await recorder.close();
    await kubernetes.close();
    await rm(folder, { recursive: true });
  });

  function start(): Promise<Load> {
    const kubectl = {
      run: async (args: string[]) => {
        asked.push(args);
        return exec();
      },
    } as unknown as Kubectl;
    const deps = { api: kubernetes.api, kubectl, recorder, folder, signal: giveUp.signal };
    return startLoadRun(deps, 'load-1', { name: 'steady', target: 'envoys', ratePerSecond: 5 }, {});
  }
  const isMade = () => waitFor('the pod', 60_000, () => kubernetes.objects.has(POD) || undefined, 5);
  const setStatus = (status: Json) => kubernetes.objects.set(POD, { ...kubernetes.objects.get(POD), status });
  const write = (text: string) => {
    log += text;
    for (const follower of followers) follower.write(text);
  };
  const end = (exitCode: number) => {
    setStatus(ended(exitCode));
    for (const follower of followers) follower.end();
  };
  /** A load whose first call has ended: the log begins with `text`. */
  const startCalling = async (text: string): Promise<Load> => {
    const starting = start();
    await isMade();
    setStatus(running);
    write(text);
    return starting;
  };
  /** Writes and breaks the connection; resolves when the log is followed again. */
  const breakAfter = async (text: string) => {
    const [follower] = await waitFor(
      'a follower',
      60_000,
      () => (followers.length > 0 ? followers.splice(0) : undefined),
      5,
    );
    log += text;
    follower?.write(text, () => setTimeout(() => follower.destroy(), 20));
    await waitFor('a new follower', 60_000, () => followers[0], 5);
  };
  const recorded = async () =>
    (await readFile(path.join(folder, 'calls.ndjson'), 'utf8'))
      .split('\n')
      .flatMap((text) => (text === '' ? [] : [JSON.parse(text).seq]));

  it('resolves at the first call, asks the client to end, and has its ledger recorded by then', async () => {
    const load = await startCalling(`{"msg":"started"}\n${line(1)}`);
    write(line(2));
    const stopping = load.stop();
    await waitFor('the order', 60_000, () => asked[0], 5);
    assert.match(asked[0]?.join(' ') ?? '', /--namespace grpc-client exec load-1 .*SIGTERM/);
    write(line(3) + summary(3));
    end(0);
    assert.deepEqual(await stopping, { calls: 3, cpuSeconds: 1.5 });
    assert.deepEqual(await load.stop(), { calls: 3, cpuSeconds: 1.5 });
    assert.equal(asked.length, 1);
    assert.equal(kubernetes.objects.has(POD), false);
    await recorder.close();
    assert.deepEqual(await recorded(), [1, 2, 3]);
  });

  it('loses and doubles no line when the connection breaks in the middle of one', async () => {
    const starting = start();
    await isMade();
    setStatus(running);
    await breakAfter(line(1).slice(0, 20));
    write(line(1).slice(20));
    const load = await starting;
    await breakAfter(line(2).slice(0, 20));
    write(line(2).slice(20) + line(3) + summary(3));
    end(0);
    assert.equal((await load.finished).calls, 3);
    await recorder.close();
    assert.deepEqual(await recorded(), [1, 2, 3]);
  });

  it('reads what was written after the connection broke for the last time', async () => {
    const load = await startCalling(line(1));
    log += line(2) + summary(2);
    setStatus(ended(0));
    for (const follower of followers) follower.destroy();
    assert.equal((await load.finished).calls, 2);
  });

  it('deletes no pod whose order to end was carried out and died with the container', async () => {
    let deletedWhileRunning = false;
    kubernetes.answer(`DELETE ${POD}`, (response, url) => {
      deletedWhileRunning ||= !url.includes('gracePeriodSeconds=0');
      kubernetes.objects.delete(POD);
      reply(response, { status: 200 });
    });
    exec = async () => {
      throw new Error('command terminated with exit code 137');
    };
    const load = await startCalling(line(1));
    const stopping = load.stop();
    await waitFor('the order', 60_000, () => asked[0], 5);
    write(summary(1));
    end(0);
    assert.equal((await stopping).calls, 1);
    assert.equal(deletedWhileRunning, false);
  });

  it('deletes the pod where kubectl may not exec', async () => {
    exec = async () => {
      throw new Error('pods/exec is forbidden');
    };
    kubernetes.answer(`DELETE ${POD}`, (response) => {
      reply(response, { status: 200 });
      write(summary(1));
      end(0);
    });
    const load = await startCalling(line(1));
    assert.equal((await load.stop()).calls, 1);
  });

  it('judges by what it has read if the pod is deleted as soon as it has ended', async () => {
    const load = await startCalling(line(1));
    await waitFor('a follower', 60_000, () => followers[0], 5);
    write(line(2) + summary(2));
    kubernetes.answer(`GET ${POD}/log`, (response) => reply(response, { status: 404, message: 'not found' }));
    end(0);
    assert.equal((await load.finished).calls, 2);
  });

  it('rejects when a line of the ledger is missing', async () => {
    const load = await startCalling(line(1) + line(3) + summary(3));
    end(0);
    await assert.rejects(load.finished, /ledger of load steady: expected its 3 calls, got 2 lines/);
    await assert.rejects(load.stop(), /expected its 3 calls/);
  });

  it('rejects with the client’s last output when it crashes', async () => {
    const load = await startCalling(`${line(1)}out of luck\n`);
    end(1);
    await assert.rejects(load.finished, /load steady crashed: exit code 1\nout of luck/);
  });

  it('rejects when the pod’s image cannot be had, and leaves no pod', async () => {
    kubernetes.answer(`GET ${POD}/log`, (response) => reply(response, { status: 400, message: 'waiting to start' }));
    const starting = start();
    const rejected = assert.rejects(
      starting,
      /ended before its first call: .*does not start: ErrImagePull no such image/,
    );
    await isMade();
    const waiting = { reason: 'ErrImagePull', message: 'no such image' };
    setStatus({ containerStatuses: [{ name: 'grpc-client', state: { waiting } }] });
    await rejected;
    assert.equal(kubernetes.objects.has(POD), false);
  });
});
