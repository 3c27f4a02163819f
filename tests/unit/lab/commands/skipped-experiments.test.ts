// Experiments that need what the backend does not have.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { mutateCommand } from '../../../../lab/commands/mutate';
import { runCommand } from '../../../../lab/commands/run';
import type { Experiment } from '../../../../lab/experiment';
import { type FakeBackend, fakeBackend, fakeExperiment, fakeIo, quickRunOf } from '../../../support/fake-lab';

const MISSING = { prometheus: 'no Prometheus: it is not installed' };
const NEEDY = { ...fakeExperiment, name: 'needy', needs: { local: ['prometheus'] } } as unknown as Experiment;
const PLAIN = fakeExperiment as unknown as Experiment;
const lastLine = (text: string) => JSON.parse(text.trim().split('\n').at(-1) ?? '');

describe('an experiment whose need is missing', () => {
  let out = '';
  let backend: FakeBackend;
  beforeEach(async () => {
    out = await mkdtemp(path.join(tmpdir(), 'lab-skips-'));
    backend = fakeBackend({ missing: MISSING });
  });
  afterEach(() => rm(out, { recursive: true, force: true }));
  const optionsFor = (...experiments: readonly Experiment[]) => quickRunOf(out, ...experiments);
  const ioWith = (env: NodeJS.ProcessEnv = {}) => {
    const io = fakeIo(backend);
    return { ...io, machine: { ...io.machine, env: { ...io.machine.env, ...env } } };
  };

  it('run: is skipped with the reason, and the others have their turn', async () => {
    const io = ioWith();
    assert.equal(await runCommand(optionsFor(NEEDY, PLAIN), io), 0);
    assert.match(io.written.out, /^- needy \(on local\): skipped: no Prometheus: it is not installed\n✓ fake/);
    assert.match(io.written.out, /\n1 of 2 experiments pass, 1 skipped\n$/);
    assert.match(io.written.err, /\[2\/2\] fake: scaling/);
    assert.doesNotMatch(io.written.err, /\[1\/2\]/);
    assert.deepEqual(backend.history, ['start', 'scale grpc-server 2', 'close']);
    assert.deepEqual(
      (await readdir(out)).map((name) => name.slice(21)),
      ['fake'],
    );
  });

  it('run: reports skipped experiments to programs', async () => {
    const io = ioWith();
    assert.equal(await runCommand({ ...optionsFor(NEEDY), json: true }, io), 0);
    const { pass, runs } = lastLine(io.written.out);
    assert.equal(pass, true);
    assert.deepEqual(runs, [{ experiment: 'needy', pass: true, skipped: MISSING.prometheus, claims: [] }]);
    assert.match(io.written.err, /- needy \(on local\): skipped/);
  });

  it('run: is a failure where everything must run', async () => {
    for (const env of [{ CI: 'true' }, { REQUIRE_ALL: '1' }]) {
      const io = ioWith(env);
      assert.equal(await runCommand({ ...optionsFor(NEEDY), json: true }, io), 1);
      const { pass, runs } = lastLine(io.written.out);
      assert.deepEqual([pass, runs[0].pass, runs[0].skipped], [false, false, MISSING.prometheus]);
      assert.match(io.written.err, /0 of 1 experiments pass, 1 skipped, which counts as failed under CI=true and/);
    }
  });

  it('run: is not skipped where nothing is missing, or where it needs nothing', async () => {
    backend = fakeBackend();
    const io = ioWith({ CI: 'true' });
    const elsewhere = { ...NEEDY, name: 'elsewhere', needs: { cluster: ['prometheus'] } } as Experiment;
    assert.equal(await runCommand(optionsFor(NEEDY), io), 0);
    backend = fakeBackend({ missing: MISSING });
    assert.equal(await runCommand(optionsFor(elsewhere), ioWith({ CI: 'true' })), 0);
    assert.match(io.written.out, /✓ needy/);
  });

  it('run: a skip hides no failure', async () => {
    const failing = { ...PLAIN, name: 'failing', run: () => Promise.reject(new Error('no pod came')) };
    assert.equal(await runCommand(optionsFor(NEEDY, failing), ioWith()), 1);
  });

  it('mutate: is neither noticed nor missed', async () => {
    const io = ioWith();
    assert.equal(await mutateCommand({ ...optionsFor(NEEDY, PLAIN), json: true }, io), 0);
    assert.match(io.written.err, /- needy, broken: unsound: skipped: no Prometheus/);
    assert.match(io.written.err, /\n1 of 2 mutations were noticed, 1 skipped\n/);
    const { pass, runs } = lastLine(io.written.out);
    assert.equal(pass, true);
    assert.deepEqual(
      runs.map(({ experiment, noticed, standing, skipped }: Record<string, unknown>) => [
        experiment,
        noticed,
        standing,
        skipped,
      ]),
      [
        ['needy', false, null, MISSING.prometheus],
        ['fake', true, [], undefined],
      ],
    );
  });

  it('mutate: is a failure where everything must run, and a skip hides no mutation that was not noticed', async () => {
    const io = ioWith({ CI: 'true' });
    assert.equal(await mutateCommand(optionsFor(NEEDY, PLAIN), io), 1);
    assert.match(io.written.out, /1 of 2 mutations were noticed, 1 skipped, which counts as failed/);
    const [mutation] = fakeExperiment.mutations;
    const blind = { ...PLAIN, mutations: [{ ...mutation, mustFail: ['scaled'] }] } as Experiment;
    assert.equal(await mutateCommand(optionsFor(NEEDY, blind), ioWith()), 1);
  });
});
