// A real Chromium for the tests of the live page, and what they ask of it again and again.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { waitFor } from '../../support/condition';
import { CHROMIUM, needProgram } from '../../support/test-programs';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** For one thing to show, on a machine that does other things too. */
export const PATIENCE_MS = 120_000;

/** Runs `body` with a browser; without one the test is skipped, or fails where everything has to be there. */
export async function withBrowser(context: TestContext, body: (browser: Browser) => Promise<void>): Promise<void> {
  const found = await needProgram(context, CHROMIUM);
  if (found === undefined) return;
  // Chromium's sandbox does not start as root, and these pages are our own.
  const browser = await chromium.launch({ executablePath: wholePath(found), chromiumSandbox: false });
  try {
    await body(browser);
  } finally {
    await browser.close();
  }
}

/** A name alone is looked for on the PATH, which the launcher does not do. */
function wholePath(program: string): string {
  if (program.includes('/')) return program;
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, program)).find(existsSync) ?? program;
}

/** Opens `url`; what goes wrong in the page's script fails the test. */
export async function openPage(browser: Browser, url: string, options: Parameters<Browser['newPage']>[0] = {}) {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE_MS);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    if (!reason.includes('ERR_ABORTED') && !request.url().includes('/events'))
      errors.push(`${request.url()}: ${reason}`);
  });
  await page.goto(url);
  return { page, errors };
}

/** axe-core finds nothing to object to, whatever its rule. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  // Not a script element: the page's policy would refuse it.
  await page.evaluate(AXE);
  const violations = await page.evaluate<readonly string[]>(`axe.run().then(({ violations }) =>
    violations.map(({ id, help, nodes }) => id + ': ' + help + ': ' + nodes.map(({ html }) => html).join(' | ')))`);
  assert.deepEqual(violations, [], what);
}

/** Waits until the element's text matches, and returns it. */
export function untilText(page: Page, selector: string, pattern: RegExp): Promise<string> {
  let last = '';
  return waitFor(
    `${selector} says ${pattern}`,
    PATIENCE_MS,
    async () => {
      const found = await page.locator(selector).allTextContents();
      last = found.join(' | ');
      return found.find((text) => pattern.test(text));
    },
    50,
  ).catch((cause: unknown) => {
    throw new Error(`${selector}: expected ${pattern}, it says "${last}"`, { cause });
  });
}

/** Waits until `probe` says so. */
export async function see(what: string, probe: () => Promise<boolean> | boolean): Promise<void> {
  await waitFor(what, PATIENCE_MS, async () => ((await probe()) ? true : undefined), 100);
}

/** Which pods have a band in a chart. */
export function bandsOf(page: Page, chart: 'envoy' | 'direct' | 'envoys'): Promise<string[]> {
  return page
    .locator(`#chart-${chart} [data-pod]`)
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-pod') ?? ''));
}

/** By the chart's own words: calls per second of each pod, over the last two seconds. */
export async function ratesOf(page: Page, chart: 'envoy' | 'direct' | 'envoys'): Promise<ReadonlyMap<string, number>> {
  const words = (await page.locator(`#chart-${chart} svg`).getAttribute('aria-label')) ?? '';
  const found = words.matchAll(/([\w-]+) ([\d.]+) calls per second/g);
  return new Map([...found].map(([, pod = '', rate]) => [pod, Number(rate)]));
}

/** As a person would, who also can press what `aria-disabled` marks. */
export async function pressButton(page: Page, action: string): Promise<void> {
  await page.locator(`button[data-action=${action}]`).click({ force: true });
}
