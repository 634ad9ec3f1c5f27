/** A server that has a key asks for it, says when it is wrong, and is left again; what this browser keeps can be forgotten. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';

const env = { ELIZAD_API_KEY: 'open-sesame' };

describe('signing in', { skip }, () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`asks for the key, says that a wrong one was wrong, and goes on with the right one (${colorScheme})`, async (t) => {
      const { page } = await openPage(t, { env, colorScheme });
      await page.getByRole('heading', { name: 'This server requires a key' }).waitFor();
      await assertAccessible(page);
      await page.setViewportSize(phone);
      await assertAccessible(page);
      const key = page.getByLabel('Key of the server');
      await key.fill('sesame');
      await page.getByRole('button', { name: 'Connect' }).click();
      await page.getByRole('alert').getByText('The key was not accepted.').waitFor();
      await key.fill('open-sesame');
      await page.getByLabel('Your name').fill('Ada');
      await page.getByRole('button', { name: 'Connect' }).click();
      await page.getByRole('navigation', { name: 'Rooms' }).waitFor();
      await page.reload();
      await page.getByRole('button', { name: 'Talk to Eliza' }).click();
      await page.getByRole('textbox', { name: 'Message to Eliza', exact: true }).fill('Hello.');
      await page.keyboard.press('Enter');
      await page.getByRole('log', { name: 'Messages' }).getByText('Please state your problem.').waitFor();
      await page.getByRole('article', { name: 'Ada (you)' }).waitFor();
    });
  }

  it('signs out, and forgets everything', async (t) => {
    const { page } = await openPage(t, { env });
    await page.getByLabel('Key of the server').fill('open-sesame');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText('Connected.').waitFor();
    const who = await page.evaluate(() => localStorage.getItem('elizad-entity'));
    await page.getByRole('button', { name: 'Forget everything in this browser…' }).click();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.getByRole('heading', { name: 'This server requires a key' }).waitFor();
    assert.notEqual(await page.evaluate(() => localStorage.getItem('elizad-entity')), who);
    await page.getByLabel('Key of the server').fill('open-sesame');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'This server requires a key' }).waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem('elizad-key')), null);
  });
});
