// kubectl as a program, and its proxy.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startApiProxy } from '../../../../../lab/system/cluster/api-proxy';
import { openKubectl } from '../../../../../lab/system/cluster/kubectl';

/** A kubectl that knows two contexts, and whose proxy says that it serves until it is ended. */
const FAKE_KUBECTL = `#!/bin/sh
case "$*" in
  'config get-contexts --output=name') echo mine; echo other ;;
  '--context mine proxy '*) echo 'Starting to serve on a socket'; exec sleep 60 ;;
  '--context other proxy '*) echo 'error: no rights' >&2; exit 1 ;;
  *slow*) exec sleep 60 ;;
  *) echo "error: cannot $*" >&2; exit 1 ;;
esac
`;

describe('kubectl', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'fake-kubectl-'));
    await writeFile(path.join(folder, 'kubectl'), FAKE_KUBECTL);
    await chmod(path.join(folder, 'kubectl'), 0o755);
    env = { PATH: `${folder}:${process.env.PATH}` };
  });
  after(() => rm(folder, { recursive: true }));

  it('refuses a context that it does not know', async () => {
    await assert.rejects(openKubectl('theirs', env), /expected one of the contexts mine, other, got "theirs"/);
  });
  it('says so when it is not installed', async () => {
    await assert.rejects(openKubectl('mine', { PATH: '/nowhere' }), /kubectl is not on PATH/);
  });
  it('names the context in every command, and passes on kubectl’s message', async () => {
    const kubectl = await openKubectl('mine', env);
    await assert.rejects(
      kubectl.run(['get', 'it']),
      /kubectl --context mine get it: error: cannot --context mine get it/,
    );
  });
  it('ends a command that takes too long', async () => {
    const kubectl = await openKubectl('mine', env);
    await assert.rejects(kubectl.run(['slow'], { timeoutMs: 100 }), /did not end within 100 ms/);
  });
  it('serves the API on a socket that only this user can reach, and leaves nothing', async () => {
    const proxy = await startApiProxy(await openKubectl('mine', env));
    const directory = path.dirname(proxy.socketPath);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    await proxy.close();
    await assert.rejects(stat(directory), /ENOENT/);
  });
  it('says why the proxy does not serve', async () => {
    await assert.rejects(startApiProxy(await openKubectl('other', env)), /ended before it served: error: no rights/);
  });
});
