import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { RunOptions } from '../../../../lab/command-line';
import { mutateCommand } from '../../../../lab/commands/mutate';
import { compareCommand, listCommand, reportCommand } from '../../../../lab/commands/report';
import { runCommand } from '../../../../lab/commands/run';
import type { Experiment } from '../../../../lab/experiment';
import { fakeBackend, fakeExperiment, fakeIo, quickRunOf } from '../../../support/fake-lab';

const readJson = async (...where: string[]) => JSON.parse(await readFile(path.join(...where), 'utf8'));
const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1) ?? '');

describe('the commands of the lab', () => {
  let out = '';
  let options: RunOptions;
  beforeEach(async () => {
    out = await mkdtemp(path.join(tmpdir(), 'lab-commands-'));
    options = quickRunOf(out, fakeExperiment as unknown as Experiment);
  });
  afterEach(() => rm(out, { recursive: true, force: true }));
  const withExperiment = (change: Partial<typeof fakeExperiment>) => ({
    ...options,
    experiments: [{ ...fakeExperiment, ...change } as unknown as Experiment],
  });

  it('run: fixes the params, takes the steps, closes the system and judges', async () => {
    const backend = fakeBackend();
    const io = fakeIo(backend);
    assert.equal(await runCommand(options, io), 0);
    assert.deepEqual(backend.history, ['start', 'scale grpc-server 2', 'close']);
    const [folder = ''] = await readdir(out);
    assert.match(folder, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-fake$/);
    const params = await readJson(out, folder, 'params.json');
    assert.deepEqual(
      [params.experiment, params.quick, params.seed, params.sizes, params.mutation],
      ['fake', true, 7, { pods: 2, minutes: 1 }, undefined],
    );
    assert.equal(params.command, 'npm run lab -- run fake --on local --seed 7 --quick');
    assert.equal(params.versions.node, '20.20.2');
    assert.equal(params.versions.envoy, '1.40.0');
    assert.deepEqual(params.claims[1].threshold, { equals: 2 });
    assert.equal((await readJson(out, folder, 'verdict.json')).pass, true);
    assert.match(io.written.out, /✓ fake \(on local, quick\): Both claims hold\n +✓ sound +0 events \(= 0 events\)\n/);
    assert.match(io.written.err, /\[1\/1\] fake: scaling, 00:00, about 00:0\d left/);
  });

  it('run: repeats random choices with the seed, and picks a seed if none is given', async () => {
    const notes: string[] = [];
    for (const seed of [7, 7, 8, undefined]) {
      assert.equal(
        await runCommand({ ...options, seed, out: path.join(out, String(notes.length)) }, fakeIo(fakeBackend())),
        0,
      );
      const [folder = ''] = await readdir(path.join(out, String(notes.length)));
      const events = await readFile(path.join(out, String(notes.length), folder, 'events.ndjson'), 'utf8');
      notes.push(/drawn [\d.]+/.exec(events)?.[0] ?? '');
      if (seed === undefined) {
        const params = await readJson(out, '3', folder, 'params.json');
        assert.equal(params.seed, 2 ** 30);
        assert.match(params.command, /--seed 1073741824/);
      }
    }
    assert.equal(notes[0], notes[1]);
    assert.notEqual(notes[0], notes[2]);
  });

  it('run: takes minutes in place of the experiment’s own', async () => {
    assert.equal(await runCommand({ ...options, minutes: 10 }, fakeIo(fakeBackend())), 0);
    const [folder = ''] = await readdir(out);
    assert.deepEqual((await readJson(out, folder, 'params.json')).sizes, { pods: 2, minutes: 10 });
  });

  it('run: is 1 when a claim does not hold, and says so to programs too', async () => {
    const io = fakeIo(fakeBackend());
    const wrong = withExperiment({ run: async (_, recorder) => recorder.note('broken') });
    assert.equal(await runCommand({ ...wrong, json: true }, io), 1);
    const result = lastLine(io.written.out);
    assert.equal(result.pass, false);
    assert.deepEqual(
      result.runs[0].claims.map(({ id, measured, pass }: Record<string, unknown>) => [id, measured, pass]),
      [
        ['sound', 1, false],
        ['scaled', null, false],
      ],
    );
    assert.equal(io.written.out.trim().split('\n').length, 1, 'standard output is for programs');
  });

  it('run: a step that cannot be taken ends the run, closes the system, and the next experiment has its turn', async () => {
    const backend = fakeBackend();
    const io = fakeIo(backend);
    const failing = { ...fakeExperiment, name: 'failing', run: () => Promise.reject(new Error('no pod came')) };
    const both = { ...options, experiments: [failing, fakeExperiment] as unknown as Experiment[] };
    assert.equal(await runCommand(both, io), 1);
    assert.deepEqual(backend.history, ['start', 'close', 'start', 'scale grpc-server 2', 'close']);
    const folder = (await readdir(out)).find((name) => name.endsWith('failing')) ?? '';
    const { why, message, params } = await readJson(out, folder, 'unfinished.json');
    assert.deepEqual([why, message, params.experiment], ['failed', 'no pod came', 'failing']);
    assert.ok(!(await readdir(path.join(out, folder))).includes('params.json'));
    assert.match(io.written.out, /✗ failing \(on local\): failed: no pod came\n/);
    assert.match(io.written.out, /1 of 2 experiments pass\n/);
  });

  it('run: leaves no listener for an interruption that did not come', async () => {
    const { signal } = new AbortController();
    assert.equal(await runCommand(options, fakeIo(fakeBackend(), [fakeExperiment], signal)), 0);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('run: a system that does not start is a run that failed', async () => {
    const io = fakeIo(fakeBackend({ startFails: '127.0.0.2:8443 is in use' }));
    assert.equal(await runCommand(options, io), 1);
    assert.match(io.written.out, /failed: 127\.0\.0\.2:8443 is in use/);
  });

  it('run: an interruption ends the steps, closes the system, begins no other run, and is 130', async () => {
    const interrupted = new AbortController();
    const backend = fakeBackend();
    const io = fakeIo(backend, [fakeExperiment], interrupted.signal);
    const endless = withExperiment({
      run: async (_, recorder, __, { pause }) => {
        recorder.phase('waiting');
        setImmediate(() => interrupted.abort());
        await pause(600_000);
        throw new Error('the pause was not ended');
      },
    });
    const twice = { ...endless, experiments: [...endless.experiments, ...endless.experiments], json: true };
    assert.equal(await runCommand(twice, io), 130);
    assert.deepEqual(backend.history, ['start', 'close']);
    const [folder = '', ...others] = await readdir(out);
    assert.deepEqual(others, []);
    assert.equal((await readJson(out, folder, 'unfinished.json')).why, 'interrupted');
    assert.deepEqual([lastLine(io.written.out).interrupted, lastLine(io.written.out).pass], [true, false]);
  });

  it('mutate: passes when the claims that must fail do', async () => {
    const backend = fakeBackend();
    const io = fakeIo(backend);
    assert.equal(await mutateCommand({ ...options, json: true }, io), 0);
    assert.equal(backend.history[0], 'start broken {"envoys":{"retries":false}}');
    const result = lastLine(io.written.out);
    assert.deepEqual([result.pass, result.runs[0].noticed, result.runs[0].mutation], [true, true, 'unsound']);
    const [folder = ''] = await readdir(out);
    assert.equal((await readJson(out, folder, 'verdict.json')).mutation, 'unsound: it is not sound');
  });

  it('mutate: fails when a claim that must fail holds, and names it', async () => {
    const [mutation] = fakeExperiment.mutations;
    assert.ok(mutation);
    const io = fakeIo(fakeBackend());
    const blind = withExperiment({ mutations: [{ ...mutation, mustFail: ['sound', 'scaled'] }] });
    assert.equal(await mutateCommand(blind, io), 1);
    assert.match(io.written.out, /✗ fake, broken: unsound: not noticed, because these claims hold: scaled\n/);
    assert.match(io.written.out, /0 of 1 mutations were noticed\n/);
  });

  it('mutate: a claim that does not exist counts as one that holds', async () => {
    const [mutation] = fakeExperiment.mutations;
    assert.ok(mutation);
    const wrong = withExperiment({ mutations: [{ ...mutation, mustFail: ['sownd'] }] });
    assert.equal(await mutateCommand(wrong, fakeIo(fakeBackend())), 1);
  });

  it('mutate: a run that does not finish proves nothing', async () => {
    const io = fakeIo(fakeBackend({ startFails: 'no' }));
    assert.equal(await mutateCommand(options, io), 1);
  });

  it('report: judges again, writes pages, and leaves unfinished runs alone', async () => {
    const io = fakeIo(fakeBackend());
    await runCommand(options, io);
    await runCommand(withExperiment({ run: () => Promise.reject(new Error('no')) }), io);
    assert.equal(await reportCommand({ folder: out, images: undefined, json: true }, io), 0);
    assert.equal(lastLine(io.written.out).runs.length, 1);
    assert.ok((await readdir(out)).includes('index.html'));
  });

  it('compare: is 1 when a claim that held on the left does not hold on the right', async () => {
    const io = fakeIo(fakeBackend());
    const [left, right] = [path.join(out, 'left'), path.join(out, 'right')];
    await runCommand({ ...options, out: left }, io);
    await runCommand({ ...withExperiment({ run: async (_, recorder) => recorder.note('broken') }), out: right }, io);
    assert.equal(await compareCommand({ left, right, json: false }, io), 1);
    assert.match(io.written.out, /BROKEN +sound +0\sevents/);
    assert.equal(await compareCommand({ left: right, right: left, json: false }, io), 0);
    assert.equal(await compareCommand({ left, right: left, json: false }, io), 0);
  });

  it('list: has a line for each experiment', () => {
    const io = fakeIo(fakeBackend());
    assert.equal(listCommand({ json: false }, io), 0);
    assert.equal(io.written.out, 'fake  local           Is anything wrong?\n');
    assert.equal(listCommand({ json: true }, io), 0);
    assert.deepEqual(lastLine(io.written.out).experiments[0].mutations, ['unsound']);
  });
});
