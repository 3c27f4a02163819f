// The buttons and keys of the live page in a real Chromium: what each sends, and why one sends nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitFor } from '../support/condition';
import { openPage, PATIENCE_MS, pressButton, untilText, withBrowser } from './support/browser';
import { SERVERS, type Told, withToldPage } from './support/told-page';

const POD = 'grpc-server-2';
/** By button, and by its key where it has one. */
const ORDERS = [
  ['up', '+', { name: 'scale', by: 1 }],
  ['up', '=', { name: 'scale', by: 1 }],
  ['down', '-', { name: 'scale', by: -1 }],
  ['kill', 'k', { name: 'kill', pod: POD }],
  ['hang', 'h', { name: 'hang', pod: POD }],
  ['slow', 's', { name: 'slow', pod: POD }],
  ['not-serving', 'n', { name: 'not-serving', pod: POD }],
  ['roll', 'r', { name: 'roll' }],
  ['policy', undefined, { name: 'policy', policy: 'RANDOM' }],
  ['rate', undefined, { name: 'rate', perSecond: 120.5 }],
  ['end', undefined, { name: 'end' }],
] as const;

const came = ({ orders }: Told, count: number) =>
  waitFor(`order ${count}`, PATIENCE_MS, () => (orders.length >= count ? true : undefined), 20);

describe('the buttons of the live page', { timeout: 600_000 }, () => {
  it('in a real Chromium', (context) =>
    withBrowser(context, async (browser) => {
      await context.test(
        'each button and each key sends its order, and a key that is typed into a field sends none',
        () =>
          withToldPage(async (told) => {
            told.startAll();
            told.calls(5, SERVERS);
            const { page, errors } = await openPage(browser, told.server.url);
            await untilText(page, '#why', /^$/);
            await page.selectOption('#pod', POD);
            await page.selectOption('#policy', 'RANDOM');
            await page.fill('#rate', '120.5');
            const expected: object[] = [];
            for (const [action, key, order] of ORDERS) {
              await pressButton(page, action);
              await came(told, expected.push(order));
              if (key === undefined) continue;
              await page.locator('h1').click();
              await page.keyboard.press(key);
              await came(told, expected.push(order));
            }
            await page.locator('#rate').press('-');
            await page.locator('#pod').press('k');
            await pressButton(page, 'end');
            await came(told, expected.push({ name: 'end' }));
            assert.deepEqual(told.orders, expected);
            assert.deepEqual(errors, []);
          }),
      );

      await context.test('says why a button cannot be pressed, and sends nothing then', () =>
        withToldPage(async (told) => {
          told.startAll();
          told.calls(5, SERVERS);
          told.standing.cannot = { down: 'the last server stays' };
          const { page } = await openPage(browser, told.server.url);
          await untilText(page, '#why', /One less: the last server stays/);
          const button = page.locator('button[data-action=down]');
          assert.equal(await button.getAttribute('aria-disabled'), 'true');
          await pressButton(page, 'down');
          await untilText(page, '#said', /^not possible now: the last server stays$/);
          assert.deepEqual(told.orders, []);
          told.standing.cannot = {};
          await untilText(page, '#why', /^$/);
          await page.keyboard.press('-');
          await untilText(page, '#said', /^$/);
          await came(told, 1);
        }),
      );
    }));
});
