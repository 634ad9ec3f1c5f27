/** A room with a hundred thousand messages: both ends, any place of it, and what is new, without waiting for the rest. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, openPage, skip } from './support/browser.ts';
import { openLongRoom } from './support/long-room.ts';

const count = 100_000;

async function openRoom(t: TestContext, path = '') {
  const { app, roomId, timeOf } = await openLongRoom(t, count);
  const opened = await openPage(t, { server: app, path: `/rooms/${roomId}${path}` });
  const log = opened.page.getByRole('log', { name: 'Messages' });
  return { ...opened, roomId, timeOf, log };
}

/** The first words of a message. */
const note = (seq: number): RegExp => new RegExp(`^note ${seq}\\.`);

/** The numbers of the messages that are drawn. */
const listDrawn = async (page: Page): Promise<number[]> =>
  (await page.getByText(/^#\d+$/).allTextContents()).map((text) => Number(text.slice(1)));

describe('a long history', { skip }, () => {
  it('begins at its end, is read to its beginning and back, and draws only what is seen', async (t) => {
    const { page, log, assertQuiet } = await openRoom(t);
    await log.getByText(`note ${count}.`, { exact: true }).waitFor();
    await log.hover();
    await page.mouse.wheel(0, -20_000);
    await page.getByRole('button', { name: 'Newest' }).waitFor();
    await log.focus();
    await page.keyboard.press('Home');
    await log.getByText('note 1.', { exact: true }).waitFor();
    const drawn = await listDrawn(page);
    assert.ok(drawn.length < 80, `${drawn.length} are drawn`);
    assert.deepEqual(
      drawn,
      [...drawn].sort((a, b) => a - b),
    );
    await page.getByRole('button', { name: 'Newest' }).click();
    await log.getByText(`note ${count}.`, { exact: true }).waitFor();
    await assertAccessible(page);
    assertQuiet();
  });

  it('jumps to a date, and to a message that a link names', async (t) => {
    const { page, log, timeOf, roomId, server } = await openRoom(t, '?at=777');
    await log.getByText(note(777)).first().waitFor();
    const day = new Date(timeOf(50_000));
    day.setHours(0, 0, 0, 0);
    await page.getByRole('button', { name: 'Jump to a date' }).click();
    await page.getByLabel('Day').fill(day.toLocaleDateString('sv'));
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Jump', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const first = await (
      await fetch(`${server.url}/api/messaging/channels/${roomId}/messages?limit=1&after=${day.getTime() - 1}`)
    ).json();
    await log.getByText(note(first.data.messages[0].seq)).first().waitFor();
  });

  it('marks where the unread ones begin, and that they were read', async (t) => {
    const { page, log, server, roomId } = await openRoom(t);
    await log.getByText(`note ${count}.`, { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Settings' }).click();
    for (const content of ['news one.', 'news two.']) {
      await fetch(`${server.url}/api/messaging/channels/${roomId}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ content }),
      });
    }
    await page.getByRole('link', { name: /2 unread/ }).click();
    await page
      .getByRole('navigation', { name: 'Rooms' })
      .getByRole('link', { name: /The archive/ })
      .click();
    await log.getByText('New', { exact: true }).waitFor();
    await log.getByText('news two.').waitFor();
    await page.getByRole('link', { name: 'Rooms', exact: true }).waitFor();
  });
});
