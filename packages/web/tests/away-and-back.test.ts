/** The server goes and comes back: the page says so, and loses nothing. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeDir, spawnServer } from '../../server/tests/support/test-server.ts';
import { openPage, skip } from './support/browser.ts';

describe('away and back', { skip }, () => {
  it('keeps what is written while the server is away, and sends it once when it is back', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const first = await spawnServer(t, dataDir);
    const { page } = await openPage(t, { server: first });
    await page.getByRole('button', { name: 'Talk to Eliza' }).click();
    const box = page.getByRole('textbox', { name: 'Message to Eliza', exact: true });
    await box.waitFor();
    await first.end('SIGKILL');
    await page.getByText('Reconnecting… your messages are kept.').waitFor();
    await box.fill('Hello.');
    await page.keyboard.press('Enter');
    await page.getByText('sending…').waitFor();
    await spawnServer(t, dataDir, {}, ['--port', new URL(first.url).port]);
    const log = page.getByRole('log', { name: 'Messages' });
    await log.getByText('Please state your problem.').waitFor({ timeout: 20_000 });
    assert.equal(await log.getByText('Hello.', { exact: true }).count(), 1);
    await page.getByText('Reconnecting').waitFor({ state: 'detached' });
  });
});
