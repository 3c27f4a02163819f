// Pictures of the live page for a person to look at: SCREENSHOTS=DIR leaves one of each state, in light and dark, in three
// widths.
import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';

const WIDTHS = [360, 768, 1280];
export const USUAL_SIZE = { width: 1280, height: 900 };

/** Does nothing without the variable; leaves the page light and of its usual size. */
export async function leavePictures(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: USUAL_SIZE.height });
      await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}-${width}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(USUAL_SIZE);
}
