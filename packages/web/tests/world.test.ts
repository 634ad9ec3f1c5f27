/** The world: found by tree, by keyboard and by text, and what happens in it shows. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';

const tree = (page: Page) => page.getByRole('tree', { name: 'World' });
const item = (page: Page, name: string | RegExp) => tree(page).getByRole('treeitem', { name });

async function openInside(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Look inside', exact: true }).click();
  await page.getByRole('link', { name: /^World/ }).click();
  await item(page, /Eliza/).first().waitFor();
}

async function talk(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Talk to Eliza' }).click();
  await page.getByRole('textbox', { name: 'Message to Eliza', exact: true }).fill('Hello.');
  await page.keyboard.press('Enter');
  await page.getByText('Please state your problem.').first().waitFor();
}

describe('the world', { skip }, () => {
  it('opens servers, rooms and who is in them by keyboard, and leads to the room', async (t) => {
    const { page, assertQuiet } = await openPage(t);
    await talk(page);
    await openInside(page);
    await tree(page).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    const room = tree(page).locator('[role=treeitem][aria-level="2"][aria-expanded]');
    await room.first().waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const inside = tree(page).locator('[role=treeitem][aria-level="3"]');
    await inside.filter({ hasText: 'Eliza' }).waitFor();
    assert.equal(await inside.count(), 2);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Open the room' }).click();
    await page.getByRole('log', { name: 'Messages' }).getByText('Hello.', { exact: true }).waitFor();
    assertQuiet();
  });

  it('lights up a room where somebody else asks something', async (t) => {
    const { page, server } = await openPage(t);
    await talk(page);
    const roomId = page.url().split('/').at(-1);
    await openInside(page);
    const other = await openPage(t, { server, path: `/rooms/${roomId}` });
    await other.page.getByRole('log', { name: 'Messages' }).getByText('Hello.', { exact: true }).waitFor();
    await tree(page).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await other.page.getByRole('textbox', { name: /^Message to/ }).fill('Are you there?');
    await other.page.keyboard.press('Enter');
    await tree(page).locator('[data-lit]').first().waitFor();
  });

  it('knows who is online that came before it was opened', async (t) => {
    const { page, server } = await openPage(t);
    await talk(page);
    const roomId = page.url().split('/').at(-1);
    const other = await openPage(t, { server, path: `/rooms/${roomId}` });
    await other.page.getByRole('log', { name: 'Messages' }).getByText('Hello.', { exact: true }).waitFor();
    // A page that was loaded anew has heard nobody come.
    await page.goto(`${server.url}/inside/world`);
    await item(page, /Eliza/).first().waitFor();
    await tree(page).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    await tree(page).locator('[role=treeitem][aria-level="2"][aria-expanded]').first().waitFor();
    for (let step = 0; step < 2; step++) await page.keyboard.press('ArrowRight');
    await tree(page).getByText('online').waitFor();
    await other.page.close();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await tree(page).getByText('online').waitFor({ state: 'detached' });
  });

  it('filters by name, and says where nothing fits', async (t) => {
    const { page } = await openPage(t);
    await openInside(page);
    const box = page.getByRole('searchbox', { name: 'Filter by name or id' });
    await box.fill('eliz');
    await item(page, /Eliza/).waitFor();
    await box.fill('nobody at all');
    await page.getByText('No loaded item has this name.').waitFor();
  });

  it('draws a few of thousands of rooms, and gets the next ones when asked', async (t) => {
    const { page, server } = await openPage(t);
    const { data } = (await (await fetch(`${server.url}/api/messaging/message-server/current`)).json()) as {
      data: { messageServerId: string };
    };
    const channels = Array.from({ length: 500 }, (_, index) => ({
      name: `Hall ${index}`,
      type: 'GROUP',
      sourceId: `hall-${index}`,
    }));
    const answer = await fetch(`${server.url}/api/messaging/message-servers/${data.messageServerId}/sync-channels`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channels }),
    });
    assert.equal(answer.status, 200);
    await openInside(page);
    await tree(page).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    await tree(page).getByText('200+ rooms').waitFor();
    assert.ok((await tree(page).getByRole('treeitem').count()) < 80);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await tree(page).getByText('Load more rooms').waitFor({ state: 'detached' });
    await page.keyboard.press('Home');
    await tree(page).getByText('400+ rooms').waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious fault of accessibility in the ${colorScheme} theme, wide and on a phone`, async (t) => {
      const { page } = await openPage(t, { colorScheme });
      await openInside(page);
      await item(page, /Eliza/).first().click();
      await page.getByRole('region', { name: 'Eliza' }).waitFor();
      for (const viewport of [page.viewportSize(), phone]) {
        if (viewport) await page.setViewportSize(viewport);
        await assertAccessible(page);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      }
    });
  }
});
