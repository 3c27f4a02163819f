// The live page of a real stack in a real Chromium: what a person does to it, and what the page and the system then say.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import type { LedgerLine } from '../../../client/outcome';
import { orderFaults } from '../../../local/fault-orders';
import { createModelFor, openLivePage } from '../../../local/live-page';
import { paceEnv } from '../../../local/pace';
import { createServerFaults } from '../../../local/server-faults';
import type { Stack } from '../../../local/stack';
import { startSteadyLoad } from '../../../local/steady-load';
import { readManifests } from '../../../manifest-reader/manifests';
import { FAULT_PORT } from '../../../runtime/server-fault';
import { openPage, ratesOf, see, untilText, withBrowser } from './browser';
import { isOk, ROOT, withStack } from './local-stack';

/** Calls per second in each lane, at the start. */
export const RATE = 40;
const SIZE = { width: 1280, height: 1200 };
const CELLS = ['state', 'calls/s', 'share', 'in flight', 'p50 / p99 ms', 'failed', 'attempts', 'draining'] as const;

export interface Scene {
  readonly page: Page;
  readonly stack: Stack;
  /** Calls of the lane with Envoy that have ended, oldest first. */
  readonly ledger: readonly LedgerLine[];
  readonly isEndAsked: () => boolean;
  press(action: string): Promise<void>;
  /** Once its button can be pressed. */
  pressKey(key: string, action: string): Promise<void>;
  choose(pod: string): Promise<void>;
  /** The text of a cell of the pod's row; empty when it has none. */
  cell(pod: string, column: (typeof CELLS)[number]): Promise<string>;
  /** Waits for what came of something. */
  outcome(pattern: RegExp): Promise<string>;
  /** Waits until the chart says of each pod that `holds`; a pod without a band has 0 calls/s. */
  seeRates(chart: 'envoy' | 'direct', what: string, holds: (rate: (pod: string) => number) => boolean): Promise<void>;
}

/** Three servers, two Envoys, both lanes at RATE. In the end the page has counted what the ledger has. */
export async function withScene(
  context: TestContext,
  network: string,
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  await withBrowser(context, async (browser) => {
    const manifests = readManifests(ROOT);
    const model = createModelFor(manifests);
    const serverEnv = { FAULT_PORT: String(FAULT_PORT) };
    const onEvent = model.onPod;
    await withStack({ manifests, network, servers: 3, envoys: 2, serverEnv, onEvent }, async (stack) => {
      const ledger: LedgerLine[] = [];
      let isEndAsked = false;
      const onCall = (line: LedgerLine) => {
        ledger.push(line);
        model.onCall('envoy', line);
      };
      const load = await startSteadyLoad({ stack, onCall, onLog: () => {} }, paceEnv({ rate: RATE }));
      const first = load.client;
      const faults = createServerFaults({
        servers: stack.servers,
        isOwn: false,
        order: (address, fault) => orderFaults(`http://${address}:${FAULT_PORT}`, fault),
      });
      const live = await openLivePage({
        stack,
        options: { policy: undefined, client: undefined, uiPort: 0 },
        model,
        faults,
        ratePerSecond: RATE,
        setRate: (rate) => load.change(paceEnv({ rate })),
        end: () => {
          isEndAsked = true;
        },
        onLog: () => {},
      });
      const { page, errors } = await openPage(browser, live.url, { viewport: SIZE });
      const button = (action: string) => page.locator(`button[data-action=${action}]`);
      try {
        await body({
          page,
          stack,
          ledger,
          isEndAsked: () => isEndAsked,
          press: (action) => button(action).click(),
          pressKey: async (key, action) => {
            await see(
              `${action} is possible`,
              async () => (await button(action).getAttribute('aria-disabled')) === 'false',
            );
            await page.locator('h1').click();
            await page.keyboard.press(key);
          },
          choose: async (pod) => void (await page.locator('#pod').selectOption(pod)),
          cell: async (pod, column) => {
            const row = page
              .locator('tbody tr')
              .filter({ has: page.locator('th', { hasText: new RegExp(`^${pod}$`) }) });
            return (await row.locator('td').nth(CELLS.indexOf(column)).allTextContents()).join();
          },
          outcome: (pattern) => untilText(page, '#outcomes li', pattern),
          seeRates: (chart, what, holds) =>
            see(what, async () => {
              const rates = await ratesOf(page, chart);
              return holds((pod) => rates.get(pod) ?? 0);
            }),
        });
        await load.stop();
        assert.deepEqual(errors, []);
        if (load.client === first) assert.equal(first.summary()?.calls, ledger.length, 'calls in the ledger');
      } finally {
        await load.stop();
        await live.close();
      }
      await untilText(page, '#standing', /^the stack has ended$/);
      const shown = await page.locator('.totals').first().locator('dd').allTextContents();
      const [sent, answered, lost] = shown.map((text) => Number(text.replaceAll(',', '')));
      const ok = ledger.filter(isOk).length;
      assert.deepEqual([sent, answered, lost], [ledger.length, ok, ledger.length - ok]);
    });
  });
}
