// The live page of a real stack in a real Chromium: each order to one pod, its effect in the charts' data and in the system.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe } from 'node:test';
import { assertAccessible, bandsOf, see, untilText } from './support/browser';
import { RATE, type Scene, withScene } from './support/live-scene';
import { isOk, itWithEnvoy } from './support/local-stack';

/** Calls/s of a server that is in turn: a third of all, or what is left of it where the machine is busy. */
const SHARE = RATE / 20;

function processOf({ stack: { servers, envoys } }: Scene, name: string): number {
  const pid = [...servers.pods(), ...envoys.pods()].find((pod) => pod.name === name)?.pid;
  assert.ok(pid !== undefined, `${name} has a process`);
  return pid;
}

/** Of Linux: `T` is stopped. */
const processState = (pid: number) => /\) (\S) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

describe('the live page of a real stack', () => {
  itWithEnvoy('obeys what is ordered to one pod, and shows what came of it', (context) =>
    withScene(context, '127.77.126', async (scene) => {
      const { page, ledger, press, pressKey, choose, cell, outcome, seeRates } = scene;

      await context.test(
        'both lanes: every server here, one server there, and sums that are what was sent',
        async () => {
          await untilText(page, '#standing', /^live$/);
          await seeRates('envoy', 'three bands', (rate) => [1, 2, 3].every((n) => rate(`grpc-server-${n}`) > SHARE));
          await see('one band', async () => (await bandsOf(page, 'direct')).length === 1);
          await see('an even share', async () => /^3[2-4]\./.test(await cell('grpc-server-2', 'share')));
          await page.click('#freeze');
          const frozen = await page.locator('.totals').first().locator('dd').allTextContents();
          const [sent = 0, answered = 0, lost = 0] = frozen.map((text) => Number(text.replaceAll(',', '')));
          assert.equal(sent, answered + lost);
          assert.ok(sent > 0 && sent <= ledger.length, `${sent} of ${ledger.length}`);
          await page.click('#freeze');
          await assertAccessible(page, 'running');
        },
      );

      await context.test('slow shows in the latencies and in the ledger, and is taken back', async () => {
        await choose('grpc-server-1');
        await press('slow');
        const p50 = async () => Number.parseFloat(await cell('grpc-server-1', 'p50 / p99 ms'));
        await see('200 ms more', async () => (await p50()) >= 200);
        assert.equal(await cell('grpc-server-1', 'state'), 'slow');
        const isSlow = ({ pod, latencyMs }: (typeof ledger)[number]) => pod === 'grpc-server-1' && latencyMs >= 200;
        assert.ok(ledger.filter(isSlow).length > 10);
        await pressKey('s', 'slow');
        await outcome(/grpc-server-1 is as fast as before: /);
        await see('ready again', async () => (await cell('grpc-server-1', 'state')) === 'ready');
        const from = ledger.length;
        const fresh = () => ledger.slice(from).filter((call) => call.pod === 'grpc-server-1');
        await see('answers', () => fresh().length > 10);
        assert.ok(fresh().some((call) => !isSlow(call)));
      });

      await context.test('NOT_SERVING: Envoys send it nothing, and again', async () => {
        await choose('grpc-server-2');
        await pressKey('n', 'not-serving');
        await outcome(/grpc-server-2 says NOT_SERVING: no Envoy sends it calls after/);
        await seeRates('envoy', 'no calls', (rate) => rate('grpc-server-2') === 0 && rate('grpc-server-1') > SHARE);
        assert.equal(await cell('grpc-server-2', 'state'), 'NOT_SERVING');
        await press('not-serving');
        await outcome(/grpc-server-2 says SERVING again: Envoys send it calls/);
        await seeRates('envoy', 'calls', (rate) => rate('grpc-server-2') > SHARE);
      });

      await context.test('hang stops the process, and is taken back', async () => {
        await choose('grpc-server-3');
        await press('hang');
        await outcome(/grpc-server-3 hangs \(SIGSTOP\): no Envoy sends it calls after/);
        const pid = processOf(scene, 'grpc-server-3');
        if (process.platform === 'linux') assert.equal(processState(pid), 'T');
        await seeRates('envoy', 'no calls', (rate) => rate('grpc-server-3') === 0 && rate('grpc-server-1') > SHARE);
        await pressKey('h', 'hang');
        await outcome(/grpc-server-3 goes on \(SIGCONT\): Envoys send it calls/);
        if (process.platform === 'linux') assert.notEqual(processState(pid), 'T');
        await seeRates('envoy', 'calls', (rate) => rate('grpc-server-3') > SHARE);
      });

      await context.test('kill: the process is gone, and a new pod takes its place', async () => {
        const pid = processOf(scene, 'grpc-server-1');
        await choose('grpc-server-1');
        await press('kill');
        await see('its end', () => !scene.stack.servers.pods().some(({ name }) => name === 'grpc-server-1'));
        assert.throws(() => process.kill(pid, 0));
        await untilText(page, '#events', /grpc-server-1 killed/);
        await outcome(/grpc-server-1 killed \(SIGKILL\): its replacement grpc-server-4 was ready after/);
        await seeRates('envoy', 'its band', (rate) => rate('grpc-server-4') > SHARE && rate('grpc-server-1') === 0);
      });

      await context.test('kill an Envoy: another takes its place', async () => {
        const pid = processOf(scene, 'envoy-1');
        await choose('envoy-1');
        await pressKey('k', 'kill');
        await see('its end', () => !scene.stack.envoys.pods().some(({ name }) => name === 'envoy-1'));
        assert.throws(() => process.kill(pid, 0));
        await outcome(/envoy-1 killed \(SIGKILL\): its replacement envoy-3 was ready after/);
        await see('its band', async () => (await bandsOf(page, 'envoys')).includes('envoy-3'));
        assert.ok(ledger.filter(isOk).some(({ via }) => via === 'envoy-3'));
        await assertAccessible(page, 'after all that');
      });
    }),
  );
});
