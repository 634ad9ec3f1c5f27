/** Live logs: what is kept, what comes, and finding a line among them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';

const env = { LOG_LEVEL: 'debug' };

/** Clients that connect and leave, one after the other: the server says so at debug each time. */
async function writeLines(url: string, count: number): Promise<void> {
  for (let left = count; left > 0; left--) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    socket.onmessage = ({ data }) => {
      if (String(data).startsWith('0{')) socket.send('40');
      if (!String(data).startsWith('40{')) return;
      socket.send('41');
      socket.close();
    };
    await new Promise((resolve) => {
      socket.onclose = resolve;
    });
  }
}

const list = (page: Page) => page.getByRole('listbox', { name: 'Log lines' });
const lines = (page: Page) => list(page).getByRole('option');
const line = (page: Page, text: string) => lines(page).filter({ hasText: text });

describe('live logs', { skip }, () => {
  it('shows lines that were kept and lines that come, each once', async (t) => {
    // A page without a connection of its own, which would leave a line when it goes.
    const { page, server, assertQuiet } = await openPage(t, { env, path: '/docs' });
    await writeLines(server.url, 2);
    await page.goto(`${server.url}/inside/logs`);
    await line(page, 'disconnected').nth(1).waitFor();
    assert.equal(await line(page, 'disconnected').count(), 2);
    await writeLines(server.url, 3);
    await line(page, 'disconnected').nth(4).waitFor();
    assert.equal(await line(page, 'disconnected').count(), 5);
    assertQuiet();
  });

  it('filters by level, source and text, and marks what fits', async (t) => {
    const { page, server } = await openPage(t, { env, path: '/inside/logs' });
    await writeLines(server.url, 2);
    await line(page, 'disconnected').nth(1).waitFor();
    await page.getByRole('searchbox', { name: 'Filter by text' }).fill('DISCONNECTED');
    await lines(page).locator('mark').first().waitFor();
    assert.equal(await lines(page).count(), 2);
    await page.getByRole('button', { name: /^debug 2/ }).click();
    await page.getByText('No line fits.').waitFor();
    await page.getByRole('button', { name: /^debug/ }).click();
    await page.getByRole('combobox', { name: 'Source' }).selectOption('server');
    await line(page, 'disconnected').nth(1).waitFor();
  });

  it('pauses, says how many wait, and shows them then', async (t) => {
    const { page, server } = await openPage(t, { env, path: '/inside/logs' });
    await writeLines(server.url, 1);
    await line(page, 'disconnected').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await writeLines(server.url, 4);
    await page.getByRole('button', { name: 'Resume (4 new lines)' }).waitFor();
    assert.equal(await line(page, 'disconnected').count(), 1);
    await page.getByRole('button', { name: /Resume/ }).click();
    await line(page, 'disconnected').nth(4).waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('Nothing yet.').waitFor();
  });

  it('lets go of the end when one scrolls up, and goes back with a button', async (t) => {
    const { page, server } = await openPage(t, { env, path: '/inside/logs' });
    await writeLines(server.url, 80);
    await page.getByRole('button', { name: /^debug 80/ }).waitFor();
    await list(page).hover();
    await page.mouse.wheel(0, -400);
    const newest = page.getByRole('button', { name: 'Newest' });
    await newest.waitFor();
    const top = await list(page).evaluate(({ scrollTop }) => scrollTop);
    await writeLines(server.url, 20);
    await page.getByRole('button', { name: /^debug 100/ }).waitFor();
    assert.equal(await list(page).evaluate(({ scrollTop }) => scrollTop), top);
    await newest.click();
    await newest.waitFor({ state: 'detached' });
    const left = await list(page).evaluate((of) => of.scrollHeight - of.clientHeight - of.scrollTop);
    assert.ok(left < 2);
  });

  it('opens a line by keyboard, copies it, and saves what is shown', async (t) => {
    const { page, server } = await openPage(t, {
      env,
      path: '/inside/logs',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await writeLines(server.url, 2);
    await line(page, 'disconnected').nth(1).waitFor();
    await list(page).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const detail = page.getByRole('region', { name: 'The line' });
    await detail.getByText('debug (20)').waitFor();
    await detail.getByRole('button', { name: 'Copy JSON' }).click();
    await detail.getByText('Copied').waitFor();
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as { level: number };
    assert.equal(copied.level, 20);
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    const inFile = readFileSync(await saved.path(), 'utf8')
      .trim()
      .split('\n');
    assert.equal(inFile.length, await lines(page).count());
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious fault of accessibility in the ${colorScheme} theme, wide and on a phone`, async (t) => {
      const { page, server } = await openPage(t, { env, colorScheme, path: '/inside/logs' });
      await writeLines(server.url, 3);
      await line(page, 'disconnected').nth(2).click();
      await page.getByRole('region', { name: 'The line' }).waitFor();
      await page.getByRole('searchbox').fill('fail');
      for (const viewport of [page.viewportSize(), phone]) {
        if (viewport) await page.setViewportSize(viewport);
        await assertAccessible(page);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      }
    });
  }
});
