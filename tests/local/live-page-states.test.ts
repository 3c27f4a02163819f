// The live page in a real Chromium, in every state that it can be in, with frames of a model that is told what happens.
// SCREENSHOTS=DIR leaves a picture of each.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertAccessible, bandsOf, openPage, see, untilText, withBrowser } from './support/browser';
import { leavePictures } from './support/screenshots';
import { ENVOYS, PINNED, SERVERS, withToldPage } from './support/told-page';

describe('the live page', { timeout: 900_000 }, () => {
  it('in each of its states', (context) =>
    withBrowser(context, async (browser) => {
      await context.test('connecting: says what is missing, without a token and with a wrong one', () =>
        withToldPage(async ({ server }) => {
          for (const [hash, words] of [
            ['', /lacks its end: open the one that the terminal shows/],
            ['#wrong', /no or another token: open the address/],
          ] as const) {
            const { page, errors } = await openPage(browser, server.url.replace(/#.*/, hash));
            await untilText(page, '#standing', words);
            await untilText(page, '#why', /^Nothing can be ordered: /);
            for (const button of ['freeze', 'save']) {
              await page.locator(`#${button}`).click({ force: true });
              assert.equal(
                await page.locator(`#${button}`).getAttribute('aria-pressed'),
                button === 'save' ? null : 'false',
              );
            }
            await assertAccessible(page, 'connecting');
            await leavePictures(page, `connecting${hash.replace('#', '-')}`);
            assert.deepEqual(errors, []);
            await page.close();
          }
        }),
      );

      await context.test('empty, running, a pod killed, calls lost, no Envoy, stale, ended', () =>
        withToldPage(async (told) => {
          const { server, model, change, calls, lose, send } = told;
          const { page, errors } = await openPage(browser, server.url);
          const isState = async (name: string) => {
            await assertAccessible(page, name);
            await leavePictures(page, name);
          };
          await untilText(page, '#standing', /^no call yet$/);
          await untilText(page, '#envoy-words', /^There is no server yet\.$/);
          await untilText(page, '#why', /^Kill, Hang, Slow, NOT_SERVING: there is no pod yet$/);
          await isState('empty');

          told.startAll();
          calls(40, SERVERS);
          send();
          await untilText(page, '#standing', /^live$/);
          assert.deepEqual(await bandsOf(page, 'envoy'), SERVERS);
          assert.deepEqual(await bandsOf(page, 'direct'), [PINNED]);
          assert.deepEqual(await bandsOf(page, 'envoys'), ENVOYS);
          await untilText(page, '#envoy-words', /^3 of 3 servers answer, 33\.\d–33\.\d % each\.$/);
          await untilText(page, '#direct-words', /^grpc-server-2 answers every call; 3 are ready\.$/);
          assert.equal(await page.locator('#envoy-sent').textContent(), '2,000');
          const marks = await page.locator('#chart-direct .label').allTextContents();
          assert.ok(marks.length > 0 && !marks.some((label) => label.startsWith('envoy')), marks.join());
          await isState('running');

          told.hush();
          const { page: late } = await openPage(browser, server.url);
          await see('the last minute', async () => (await bandsOf(late, 'envoy')).length === SERVERS.length);
          assert.equal(await late.locator('#envoy-sent').textContent(), '2,000');
          assert.match((await late.locator('#events').textContent()) ?? '', /grpc-server-3 answered its first call/);
          await late.close();
          told.go();

          model.marks.add('done', model.now(), 'kill server-1', 'grpc-server-1 killed (SIGKILL)');
          model.outcomes.begin({ text: 'grpc-server-1 killed (SIGKILL)', look: () => undefined });
          change('grpc-server-1', 'died', 'killed by SIGKILL');
          change('grpc-server-4', 'starting');
          calls(3, SERVERS.slice(1));
          send();
          await untilText(page, '#servers tr[data-state=died]', /grpc-server-1killed/);
          await untilText(page, '#outcomes', /grpc-server-1 killed \(SIGKILL\): under way/);
          await isState('killed');

          lose(0.24);
          calls(2, SERVERS.slice(1));
          send();
          await untilText(page, '#envoy-lost', /^12$/);
          assert.ok((await bandsOf(page, 'envoy')).includes('lost'));
          await isState('lost');

          for (const name of ENVOYS) change(name, 'died', 'killed by SIGKILL');
          lose(6);
          send();
          await untilText(page, '#envoys tr[data-state=died]', /envoy-1killed/);
          await untilText(page, '#envoy-words', /^0 of 4 servers answer\.$/);
          await untilText(page, '#direct-words', /^grpc-server-2 answers every call; 2 are ready\.$/);
          await isState('no-envoy');

          told.hush();
          await untilText(page, '#standing', /^last event \d+ s ago/);
          await untilText(page, '#why', /^Nothing can be ordered: last event/);
          await isState('stale');

          server.send({ ...model.frame(told.standing, false), hasEnded: true });
          await untilText(page, '#standing', /^the stack has ended$/);
          await isState('ended');
          assert.deepEqual(errors, []);
        }),
      );
    }));
});
