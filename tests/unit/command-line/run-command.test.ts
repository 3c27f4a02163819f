import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRunCommand, explainFailure } from '../../../command-line/run-command';

const run = createRunCommand({ PATH: process.env.PATH, GREETING: 'hello' });
const shell = (script: string, timeoutMs = 10_000) => run('/bin/sh', ['-c', script], { timeoutMs });

describe('createRunCommand()', () => {
  it('gives the command its environment, and returns what it wrote', async () => {
    const { code, stdout, stderr } = await shell('echo "$GREETING"; echo oops >&2');
    assert.deepEqual([code, stdout, stderr], [0, 'hello\n', 'oops\n']);
  });

  it('explains a failure by the last line of the output', async () => {
    const result = await shell('echo first >&2; echo last >&2; exit 3');
    assert.equal(result.code, 3);
    assert.equal(explainFailure(result), 'exit code 3: last');
    assert.equal(explainFailure(await shell('exit 4')), 'exit code 4');
  });

  it('ends a command that takes too long', async () => {
    assert.equal(explainFailure(await shell('exec sleep 60', 200)), 'did not end within 0.2 s');
  });

  it('gives the command its input, and no input by default', async () => {
    const { stdout } = await run('/bin/cat', [], { timeoutMs: 10_000, input: 'some words' });
    assert.equal(stdout, 'some words');
    assert.deepEqual((await run('/bin/cat', [], { timeoutMs: 10_000 })).code, 0);
  });

  it('does not mind a command that reads nothing of its input', async () => {
    const input = 'x'.repeat(1_000_000);
    assert.equal((await run('/bin/sh', ['-c', 'exit 0'], { timeoutMs: 10_000, input })).code, 0);
  });

  it('ends a command when it is told to', async () => {
    const stop = new AbortController();
    const running = run('/bin/sleep', ['60'], { timeoutMs: 60_000, signal: stop.signal });
    stop.abort();
    assert.equal(explainFailure(await running), 'it was interrupted');
  });

  it('takes no more output than it is told', async () => {
    const { failure } = await run('/bin/sh', ['-c', 'echo 123456789'], { timeoutMs: 10_000, maxOutputBytes: 4 });
    assert.match(failure ?? '', /could not run/);
  });

  it('says when a command or file is missing or cannot be run', async () => {
    const reason = async (command: string) => explainFailure(await run(command, [], { timeoutMs: 1000 }));
    assert.equal(await reason('no-such-command'), 'no-such-command is not installed');
    assert.equal(await reason('/no/such/file'), 'there is no such file');
    assert.equal(await reason('/etc/passwd'), 'it is not executable');
  });
});
