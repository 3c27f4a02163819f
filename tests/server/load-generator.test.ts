// The benchmark's load generator against the real server: what it counts as an answer, and what it does not.
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type Generated, generate, POD_NAME } from '../../bench/measure/generator';
import { type GoPrograms, goPrograms } from '../../bench/programs/go-programs';
import { mustRunAll } from '../../command-line/machine';
import { createRunCommand } from '../../command-line/run-command';
import { startServer } from './server-process';

const ROOT = path.join(__dirname, '../..');
const run = createRunCommand(process.env);
/** A call has 5 s, so that even a starved machine answers each of these. */
const LOAD = { connections: 2, inFlight: 2, seconds: 0.3 };

/** The programs, built by Go; without it the test is skipped, or fails where everything has to be there. */
async function programs(context: TestContext): Promise<GoPrograms | undefined> {
  if (process.platform !== 'linux')
    return context.skip('the load generator uses a timer that only Linux has') as undefined;
  const log = (text: string) => context.diagnostic(text);
  try {
    return await goPrograms({ root: ROOT, env: process.env, run, log });
  } catch (thrown) {
    if (mustRunAll(process.env)) throw thrown;
    context.skip((thrown as Error).message);
    return undefined;
  }
}

describe('the load generator', () => {
  const loadOn = async (t: TestContext, podName: string, load: Parameters<typeof generate>[2]) => {
    const found = await programs(t);
    if (found === undefined) return undefined;
    const server = await startServer(t, { POD_NAME: podName });
    const generator = { run, command: [found.generator], signal: new AbortController().signal };
    return generate(generator, [`127.0.0.1:${server.grpcPort}`], load);
  };
  const failures = ({ failed }: Generated) => Object.values(failed).reduce((sum, count) => sum + count, 0);

  it('sends as many calls as a fixed rate has, whatever the answers do', async (t) => {
    const generated = await loadOn(t, POD_NAME, { ...LOAD, seconds: 1, ratePerSecond: 100 });
    if (generated === undefined) return;
    assert.deepEqual(generated.failed, {});
    assert.equal(generated.ok, generated.sent);
    // Random intervals: four standard deviations around 100.
    assert.ok(generated.sent > 60 && generated.sent < 140, `${generated.sent} calls`);
    assert.ok(generated.p50Ms > 0 && generated.p50Ms <= generated.p99Ms && generated.p99Ms <= generated.maxMs);
  });

  it('ends a closed loop after so many calls', async (t) => {
    const generated = await loadOn(t, POD_NAME, { ...LOAD, seconds: 60, calls: 20 });
    if (generated === undefined) return;
    assert.equal(generated.ok, 20);
    assert.ok(generated.seconds < 60);
  });

  it('counts a reply of another length as a failure', async (t) => {
    const generated = await loadOn(t, 'another-pod', LOAD);
    if (generated === undefined) return;
    assert.equal(generated.ok, 0);
    assert.ok(failures(generated) > 0);
    assert.match(Object.keys(generated.failed).join(), /^\d+ bytes instead of \d+$/);
  });

  it('counts no call where nothing listens: it says so', async (t) => {
    const found = await programs(t);
    if (found === undefined) return;
    const generator = { run, command: [found.generator], signal: new AbortController().signal };
    await assert.rejects(generate(generator, ['127.0.0.1:1'], LOAD), /the load generator failed: .*refused/);
  });
});
