/** From nothing to an answer: the agent is found, talked to, answers, and all of it is there after a reload. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';
import { findParts } from './support/talk.ts';

describe('the first talk', { skip }, () => {
  it('finds Eliza, says hello, sees the answer, and finds both after a reload', async (t) => {
    const { page, assertQuiet } = await openPage(t);
    await page.getByRole('link', { name: 'Agents', exact: true }).click();
    await page.getByRole('navigation', { name: 'Agents' }).getByRole('link', { name: /Eliza/ }).click();
    await page.getByRole('button', { name: 'Talk' }).click();
    await page.getByRole('textbox', { name: 'Message to Eliza', exact: true }).fill('Hello.');
    await page.keyboard.press('Enter');
    const log = page.getByRole('log', { name: 'Messages' });
    await log.getByText('How do you do. Please state your problem.').waitFor();
    await log.getByText('#2').waitFor();
    await page.reload();
    await log.getByText('Hello.', { exact: true }).waitFor();
    await log.getByText('How do you do. Please state your problem.').waitFor();
    assert.equal(await log.getByRole('listitem').count(), 2);
    const rooms = page.getByRole('navigation', { name: 'Rooms' });
    await rooms.getByText('How do you do.').waitFor();
    assertQuiet();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious fault of accessibility in the ${colorScheme} theme, wide and on a phone`, async (t) => {
      const { page, assertQuiet } = await openPage(t, { colorScheme });
      await page.getByRole('button', { name: 'Talk to Eliza' }).click();
      await page.getByRole('textbox', { name: 'Message to Eliza', exact: true }).fill('Hello.');
      await page.keyboard.press('Enter');
      await page.getByText('Please state your problem.').first().waitFor();
      for (const viewport of [page.viewportSize(), phone]) {
        if (viewport) await page.setViewportSize(viewport);
        await assertAccessible(page);
        const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(isTooWide, false);
      }
      for (const path of ['Agents', 'Look inside', 'Settings']) {
        await page.getByRole('link', { name: path, exact: true }).click();
        await page.getByRole('heading', { name: path }).first().waitFor();
        await assertAccessible(page);
      }
      assertQuiet();
    });
  }

  it('also on a page without TLS, as a phone in the same house sees it', async (t) => {
    const { page, assertQuiet } = await openPage(t);
    // Where a browser holds a page insecure, this is not there.
    await page.addInitScript('delete Crypto.prototype.randomUUID');
    await page.reload();
    await page.getByRole('button', { name: 'Talk to Eliza' }).click();
    const { log, say } = findParts(page, 'Eliza');
    await say('Hello.');
    await log.getByText('Please state your problem.').waitFor();
    assertQuiet();
  });

  it('makes a room with a name', async (t) => {
    const { page, assertQuiet } = await openPage(t);
    await page.getByRole('button', { name: 'New room' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('The lounge');
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Create the room' }).click();
    await page.getByRole('heading', { name: 'The lounge', level: 1 }).waitFor();
    await page.getByRole('navigation', { name: 'Rooms' }).getByText('The lounge').waitFor();
    assertQuiet();
  });

  it('says why there is no answer, and what to do', async (t) => {
    const { page, server } = await openPage(t);
    await page.getByRole('button', { name: 'Talk to Eliza' }).click();
    const box = page.getByRole('textbox', { name: 'Message to Eliza', exact: true });
    await box.waitFor();
    const { data } = (await (await fetch(`${server.url}/api/agents`)).json()) as { data: { agents: { id: string }[] } };
    await fetch(`${server.url}/api/agents/${data.agents[0]?.id}/stop`, { method: 'POST' });
    await box.fill('Anybody?');
    await page.keyboard.press('Enter');
    await page.getByText('agent-not-running').waitFor();
  });
});
