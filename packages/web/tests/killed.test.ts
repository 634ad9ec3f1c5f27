/** The server is killed in the middle of an answer and started again: the page says so, and the answer comes. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openModel } from '../../server/tests/support/model-room.ts';
import { spawnServer } from '../../server/tests/support/test-server.ts';
import { openPage, skip } from './support/browser.ts';
import { findParts, openDm } from './support/talk.ts';

describe('a server that is killed in the middle of an answer', { skip }, () => {
  it('answers when it is back, once, and what was written meanwhile is sent, also after a reload without it', async (t) => {
    const { provider, dir, env } = await openModel(t);
    const dataDir = join(dir, 'data');
    const first = await spawnServer(t, dataDir, env);
    const { page } = await openPage(t, { server: first });
    await openDm(page, 'Cleo');
    const { log, say } = findParts(page, 'Cleo');
    provider.script({ kind: 'answer', text: 'one two three four', chunks: 4, held: true });
    await say('Count.');
    provider.release(2);
    await log.getByText('one two').waitFor();
    await first.end('SIGKILL');
    await log.getByText('connection lost').waitFor();
    await log.getByText('one two').waitFor();
    await say('And then?');
    await log.getByText('sending…').waitFor();
    provider.script({ kind: 'answer', text: 'one two three four' }, { kind: 'answer', text: 'five' });
    await spawnServer(t, dataDir, env, ['--port', new URL(first.url).port]);
    await log.getByText('five').waitFor({ timeout: 30_000 });
    assert.equal(await log.getByText('one two three four').count(), 1);
    assert.equal(await log.getByText('And then?').count(), 1);
    assert.equal(await log.getByText('connection lost').count(), 0);
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
    await page.reload();
    await log.getByText('five').waitFor();
    assert.equal(await log.getByRole('article').count(), 4);
  });

  it('keeps what was not sent when the page is closed, and sends it once when both are back', async (t) => {
    const { provider, dir, env } = await openModel(t);
    const dataDir = join(dir, 'data');
    const first = await spawnServer(t, dataDir, env);
    const { page } = await openPage(t, { server: first });
    await openDm(page, 'Cleo');
    const { log, say } = findParts(page, 'Cleo');
    await first.end('SIGKILL');
    await page.getByText('Reconnecting').waitFor();
    await say('Are you there?');
    await log.getByText('sending…').waitFor();
    const address = page.url();
    await page.goto('about:blank');
    provider.script({ kind: 'answer', text: 'I am.' });
    await spawnServer(t, dataDir, env, ['--port', new URL(first.url).port]);
    await page.goto(address);
    await log.getByText('I am.').waitFor();
    assert.equal(await log.getByText('Are you there?').count(), 1);
    assert.equal(await page.evaluate(() => localStorage.getItem('elizad-pending')), null);
  });
});
