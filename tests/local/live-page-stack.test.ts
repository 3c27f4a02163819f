// The live page of a real stack in a real Chromium: each order to the whole, its effect in the charts' data and in the system.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe } from 'node:test';
import { bandsOf, openPage, see, untilText, withBrowser } from './support/browser';
import { startCommand } from './support/command-line';
import { RATE, withScene } from './support/live-scene';
import { itWithEnvoy } from './support/local-stack';

/** Calls/s of a server that is in turn: a third of all, or what is left of it where the machine is busy. */
const SHARE = RATE / 20;
/** Of the doubled rate, what the old one does not reach. */
const NEARLY = 0.7;

describe('the live page of a real stack', () => {
  itWithEnvoy('obeys what is ordered to the whole, and shows what came of it', (context) =>
    withScene(context, '127.77.124', async (scene) => {
      const { page, stack, ledger, press, pressKey, cell, outcome, seeRates } = scene;
      const { servers, envoys } = stack;
      const ready = (deployment: typeof servers) =>
        deployment.pods().flatMap(({ name, state }) => (state === 'ready' ? [name] : []));
      const server = (n: number) => `grpc-server-${n}`;

      await context.test('+ adds a server, which gets its share', async () => {
        await pressKey('+', 'up');
        await outcome(
          /scaled from 3 to 4 servers: grpc-server-4 was ready after .* first call after .*; \d+ calls? asked again, \d+ lost/,
        );
        assert.equal(servers.replicas, 4);
        await seeRates('envoy', 'its band', (rate) => [1, 2, 3, 4].every((n) => rate(server(n)) > SHARE));
        await untilText(page, '#events', /grpc-server-4 answered its first call/);
      });

      await context.test('− asks the youngest to leave', async () => {
        await press('down');
        await see('draining', async () => (await cell(server(4), 'draining')) === 'yes');
        assert.equal(servers.replicas, 3);
        await untilText(page, '#events', /grpc-server-4 was asked to leave/);
        await seeRates('envoy', 'no band', (rate) => rate(server(4)) === 0 && rate(server(1)) > SHARE);
      });

      await context.test('the rate changes in both lanes', async () => {
        await page.fill('#rate', String(RATE * 2));
        await press('rate');
        await outcome(new RegExp(`rate changed from ${RATE} to ${RATE * 2} calls/s: new clients call after`));
        const sum = (rate: (pod: string) => number) => [1, 2, 3].reduce((all, n) => all + rate(server(n)), 0);
        for (const lane of ['envoy', 'direct'] as const) {
          await seeRates(lane, `a rise of ${lane}`, (rate) => sum(rate) > RATE * 2 * NEARLY);
        }
      });

      await context.test('the policy: new Envoys that have it', async () => {
        const before = ready(envoys);
        await page.selectOption('#policy', 'RANDOM');
        await press('policy');
        await outcome(/policy RANDOM: Envoys are replaced one by one: all 2 Envoys replaced in/);
        const after = ready(envoys);
        assert.equal(after.length, 2);
        for (const name of after) {
          assert.ok(!before.includes(name), `${name} is new`);
          assert.match(readFileSync(path.join(stack.directory, name, 'envoy.yaml'), 'utf8'), /lb_policy: RANDOM/, name);
        }
        const bands = async () => await bandsOf(page, 'envoys');
        await see('their bands', async () => (await bands()).filter((name) => after.includes(name)).length === 2);
      });

      await context.test('restart all: every server is a new one', async () => {
        const before = ready(servers);
        await pressKey('r', 'roll');
        await untilText(page, '#why', /Restart all, Set policy: servers are being replaced/);
        await outcome(/rolling restart of the servers: all 3 servers replaced in/);
        const after = ready(servers);
        assert.equal(after.length, 3);
        assert.ok(!after.some((name) => before.includes(name)), `${before} became ${after}`);
        await seeRates('envoy', 'their bands', (rate) => after.every((name) => rate(name) > SHARE));
      });

      await context.test('only the end is left, which is asked for', async () => {
        assert.ok(ledger.length > 0 && !scene.isEndAsked());
        await press('end');
        await see('the end', scene.isEndAsked);
      });
    }),
  );

  itWithEnvoy('is what --ui opens: both lanes at once, and End ends the stack', (context) =>
    withBrowser(context, async (browser) => {
      const command = startCommand(['--ui', '--network', '127.77.125']);
      const url = () => /http:\/\/127\.0\.0\.1:\d+\/#[\w-]{22}/.exec(command.stdout())?.[0];
      const hasEnded = () => command.process.exitCode !== null;
      try {
        await see('an address', () => url() !== undefined || hasEnded());
        assert.ok(!hasEnded(), command.stderr());
        const { page, errors } = await openPage(browser, url() ?? '');
        await see('both lanes', async () => {
          const [envoy, direct] = [await bandsOf(page, 'envoy'), await bandsOf(page, 'direct')];
          return envoy.length === 3 && direct.length === 1;
        });
        await page.click('button[data-action=end]');
        await see('the end', hasEnded);
        await untilText(page, '#standing', /^the stack has ended$/);
        assert.deepEqual(errors, []);
      } finally {
        command.process.kill('SIGINT');
      }
      const { code, stdout } = await command.finished;
      assert.equal(code, 0);
      assert.match(stdout, / {2}failed +0\n/);
    }),
  );
});
