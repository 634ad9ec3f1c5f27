/** A real server, a real browser, and the built client between them; what the page complains of is kept, and no request may leave the origin. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, type TestContext } from 'node:test';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumPath, demand } from '../../../../scripts/chromium.ts';
import { openTestServer } from '../../../server/tests/support/test-server.ts';

/** For `describe`: these tests need Chromium (`CHROMIUM` names it, where it is not found). */
export const skip = !chromiumPath && 'no Chromium';

export const phone = { width: 390, height: 844 };
export const wide = { width: 1320, height: 860 };

/** One for all tests of a file. */
let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

export type OpenPage = {
  page: Page;
  server: { readonly url: string };
  /** Fails with what the page wrote as an error, and what was answered with 4xx or 5xx. */
  assertQuiet(): void;
};

type Options = BrowserContextOptions & {
  /** Settings of the server, as environment. */
  env?: Record<string, string>;
  /** Another page of a server that runs already. */
  server?: { readonly url: string };
  path?: string;
};

/** Opens a page of a new server; all of it ends with the test. */
export async function openPage(
  t: TestContext,
  { env, server, path = '/', ...options }: Options = {},
): Promise<OpenPage> {
  const app = server ?? (await openTestServer(t, env));
  browser ??= chromium.launch({ executablePath: demand(chromiumPath), args: ['--no-sandbox'] });
  const context = await (await browser).newContext({
    viewport: wide,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  });
  const complaints: string[] = [];
  const foreign: string[] = [];
  // In each flow, whatever it is about: nothing is asked of another origin.
  t.after(async () => {
    await context.close();
    assert.deepEqual(foreign, []);
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    const isOurs = host === new URL(app.url).host || protocol === 'data:' || protocol === 'blob:';
    if (!isOurs) foreign.push(request.url());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(app.url + path);
  return { page, server: app, assertQuiet: () => assert.deepEqual(complaints, []) };
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** No serious violation on the page as it is. */
export async function assertAccessible(page: Page): Promise<void> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  // Run in the page by the debugger, which its policy does not bind.
  if (!isThere) {
    await page.evaluate(readFileSync(axePath, 'utf8'));
  }
  // A guard of a menu is reached by the tabulator and hands the focus on at once: it is never where one is.
  const { violations } = (await page.evaluate("axe.run({ exclude: [['[data-base-ui-focus-guard]']] })")) as AxeResults;
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(
    serious.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
    ),
    [],
  );
}
