// The live table as a person sees it: in a terminal, with keys, at 200 calls per second.

import assert from 'node:assert/strict';
import { describe, type TestContext } from 'node:test';
import { mustRunAll } from '../../command-line/machine';
import { itWithEnvoy, until } from './support/local-stack';
import { openScreen, type Screen, whyNoTerminal } from './support/screen';

const NETWORK = '127.77.105';

/** The first words of the rows of servers: name and state. */
function servers(screen: Screen): string[] {
  return screen.lines().flatMap((line) => /^(grpc-server-\d+) (\w+) /.exec(line)?.slice(1, 3).join(' ') ?? []);
}

/** Skips the test, or fails it where everything must be there, when no pseudo-terminal can be made. */
function isWithoutTerminal(context: TestContext): boolean {
  const reason = whyNoTerminal();
  if (reason === undefined) return false;
  if (mustRunAll(process.env)) throw new Error(reason);
  context.skip(reason);
  return true;
}

describe('the live table', () => {
  itWithEnvoy(
    'shows pods and obeys + - k r q without a lost call, and gives the terminal back',
    async (context) => {
      if (isWithoutTerminal(context)) return;
      const screen = openScreen(['--network', NETWORK, '--rate', '200', '--servers', '2'], {});
      const see = (what: string, ...wanted: string[]) =>
        until(`${what}: ${wanted.join(', ')}`, () => wanted.every((row) => servers(screen).includes(row)), 60_000);
      await see('the start', 'grpc-server-1 ready', 'grpc-server-2 ready');
      await until('a share for each', () => screen.lines().filter((line) => /5\d\.\d % +█/.test(line)).length >= 2);
      screen.press('+');
      await see('+', 'grpc-server-3 ready');
      screen.press('-');
      await see('-', 'grpc-server-3 draining');
      screen.press('k');
      await until('k', () => servers(screen).some((row) => row.endsWith(' killed')));
      await see('k', 'grpc-server-4 ready');
      screen.press('r');
      await see('r', 'grpc-server-5 ready', 'grpc-server-6 ready');
      assert.ok(screen.lines().some((line) => / \d+ ok +0 failed /.test(line)));
      screen.press('q');
      assert.equal(await screen.finished, 0);
      const [, afterwards] = screen.written().split('\u001b[?25h\u001b[?1049l');
      assert.match(afterwards ?? '', /^\s*Summary\r\n[\s\S]* failed +0\r\n[\s\S]*pods came and went/);
    },
    180_000,
  );

  itWithEnvoy('ends on Ctrl-C as it does on q', async (context) => {
    if (isWithoutTerminal(context)) return;
    const screen = openScreen(['--network', NETWORK, '--servers', '1', '--envoys', '1'], {});
    await until('the start', () => servers(screen).includes('grpc-server-1 ready'), 60_000);
    screen.press('\u0003');
    assert.equal(await screen.finished, 0);
    assert.match(screen.written(), /\u001b\[\?1049l\s*Summary/);
  });
});
