// The form of the live page in a real Chromium: narrow and wide, light and dark, with less motion, frozen, and as a saved file.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { waitFor } from '../support/condition';
import { assertAccessible, openPage, PATIENCE_MS, untilText, withBrowser } from './support/browser';
import { SERVERS, type Told, withToldPage } from './support/told-page';

/** What reaches over the edge of the section that it is in, or of the page. */
const TOO_WIDE = `[...document.querySelectorAll('section *, header *')].flatMap((one) => {
  const within = one.closest('section, header').getBoundingClientRect();
  const isHeard = one.closest('.heard, svg') !== null;
  return isHeard || one.getBoundingClientRect().right <= within.right + 0.5 ? [] : [one.tagName + ' ' + one.textContent];
})`;
const PAPER = 'getComputedStyle(document.documentElement).backgroundColor';
const WIDTHS = [360, 768, 901, 1280, 1920];
/** Of page.mjs: a page that is to move less is drawn this often. */
const CALM_MS = 2000;

const outlines = (page: Page) =>
  page.locator('#chart-envoy .band').evaluateAll((all) => all.map((one) => one.getAttribute('d')));

/** Counts drawings of the first chart from now on. */
const countDrawings = (page: Page) =>
  page.evaluate(`globalThis.drawings = 0;
    globalThis.watcher ??= new MutationObserver(() => globalThis.drawings++);
    watcher.observe(document.querySelector('#chart-envoy svg'), { childList: true });`);
const drawings = (page: Page) => page.evaluate<number>('drawings');

const FRAMES = 8;
async function sendSome({ send }: Told): Promise<void> {
  for (let n = 0; n < FRAMES; n++) {
    send();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the form of the live page', { timeout: 900_000 }, () => {
  it('in a real Chromium', (context) =>
    withBrowser(context, async (browser) => {
      await context.test('fits from 360 to 1920 px, in light and dark, and tells pods apart by pattern and name', () =>
        withToldPage(async (told) => {
          told.startAll();
          told.calls(40, SERVERS);
          told.standing.faultOf = () => 'hangs, NOT_SERVING';
          const { page } = await openPage(browser, told.server.url);
          await untilText(page, '#standing', /^live$/);
          const papers = new Set<string>();
          for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            papers.add(await page.evaluate<string>(PAPER));
            for (const width of WIDTHS) {
              await page.setViewportSize({ width, height: 900 });
              told.send();
              const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
              assert.ok(overflow <= 0, `at ${width} px the page is ${overflow} px too wide`);
              assert.deepEqual(await page.evaluate(TOO_WIDE), [], `${width} px`);
              await assertAccessible(page, `${colorScheme}, ${width} px`);
            }
          }
          assert.equal(papers.size, 2, [...papers].join());
          const inOrder = page.locator('#chart-envoy :is(.mark, .label, .tag)');
          const drawn = await inOrder.evaluateAll((all) => all.map((one) => one.getAttribute('class') ?? ''));
          const firstWord = drawn.findIndex((name) => !name.startsWith('mark'));
          assert.ok(firstWord > 0 && !drawn.slice(firstWord).some((name) => name.startsWith('mark')), drawn.join());
          const fills = page.locator('#chart-envoy [fill^="url(#hatch-"]');
          const patterns = await fills.evaluateAll((all) => all.map((one) => one.getAttribute('fill')));
          assert.equal(new Set(patterns).size, SERVERS.length);
          const names = await page.locator('#chart-envoy .name').allTextContents();
          assert.deepEqual(
            names.map((name) => `grpc-${name.split(' ')[0]}`),
            SERVERS,
          );
        }),
      );

      await context.test('draws each frame, and none while it is hidden or frozen', () =>
        withToldPage(async (told) => {
          told.startAll();
          told.calls(5, SERVERS);
          const { page } = await openPage(browser, told.server.url);
          await untilText(page, '#standing', /^live$/);
          await countDrawings(page);
          await sendSome(told);
          const all = async () => ((await drawings(page)) >= FRAMES ? true : undefined);
          await waitFor('a drawing per frame', PATIENCE_MS, all, 100);
          await page.click('#freeze');
          await untilText(page, '#standing', /^frozen at /);
          await countDrawings(page);
          await sendSome(told);
          assert.equal(await drawings(page), 0, 'frozen');
          await page.click('#freeze');
          await page.evaluate(`Object.defineProperty(document, 'hidden', { value: true, configurable: true }); 0`);
          await countDrawings(page);
          await sendSome(told);
          assert.equal(await drawings(page), 0, 'hidden');
        }),
      );

      await context.test('draws less often for those who want less motion', () =>
        withToldPage(async (told) => {
          told.startAll();
          told.calls(5, SERVERS);
          const { page } = await openPage(browser, told.server.url, { reducedMotion: 'reduce' });
          await untilText(page, '#standing', /^live$/);
          const sinceMs = performance.now();
          await countDrawings(page);
          await sendSome(told);
          const seen = await drawings(page);
          const most = 1 + Math.ceil((performance.now() - sinceMs) / CALM_MS);
          assert.ok(seen <= most, `drawn ${seen} times, at most ${most} in that time`);
        }),
      );

      await context.test('is saved as one file that shows the same without a server', () =>
        withToldPage(async (told) => {
          told.startAll();
          told.calls(20, SERVERS);
          const { page } = await openPage(browser, told.server.url);
          await untilText(page, '#standing', /^live$/);
          await page.click('#freeze');
          const shown = await outlines(page);
          const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
          const copy = `${await download.path()}.html`;
          await download.saveAs(copy);
          await told.server.close();
          const { page: again, errors } = await openPage(browser, `file://${copy}`, { offline: true });
          await untilText(again, '#standing', /^saved at /);
          assert.equal(await again.locator('#envoy-sent').textContent(), '1,000');
          assert.deepEqual(await outlines(again), shown);
          await assertAccessible(again, 'saved');
          assert.deepEqual(errors, []);
        }),
      );
    }));
});
