/** What is said without a connection: kept by each tab for itself, sent in the order in which it was said, and settled. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { makeDir, spawnServer } from '../../server/tests/support/test-server.ts';
import { openPage, skip } from './support/browser.ts';
import { findParts } from './support/talk.ts';

async function openMortal(t: TestContext) {
  const dataDir = join(makeDir(t), 'data');
  const first = await spawnServer(t, dataDir);
  const { page } = await openPage(t, { server: first });
  await page.getByRole('button', { name: 'Talk to Eliza' }).click();
  await findParts(page, 'Eliza').box.waitFor();
  const kill = async () => {
    await first.end('SIGKILL');
    await page.getByText('Reconnecting').waitFor();
  };
  const restart = () => spawnServer(t, dataDir, {}, ['--port', new URL(first.url).port]);
  return { page, url: first.url, kill, restart };
}

/** What people said in the room of a page, in the order of the server. */
async function listSaid(url: string, pageUrl: string): Promise<string[]> {
  const roomId = new URL(pageUrl).pathname.split('/').at(-1);
  const response = await fetch(`${url}/api/messaging/channels/${roomId}/messages?limit=50`);
  const { data } = (await response.json()) as {
    data: { messages: { content: string; sourceType: string; seq: number }[] };
  };
  const said = data.messages.filter(({ content }) => content.startsWith('said '));
  return said.toSorted((a, b) => a.seq - b.seq).map(({ content }) => content);
}

describe('what is not sent yet', { skip }, () => {
  it('is stored in the order in which it was said, also what was said before a reload', async (t) => {
    const { page, url, kill, restart } = await openMortal(t);
    const { log, say } = findParts(page, 'Eliza');
    await kill();
    const words = ['said 1', 'said 2', 'said 3', 'said 4', 'said 5'];
    for (const word of words) await say(word);
    assert.equal(await log.getByText('sending…').count(), words.length);
    await restart();
    // At once, while the others are on their way.
    await page.getByText('Reconnecting').waitFor({ state: 'detached', timeout: 20_000 });
    await say('said 6');
    await log.getByText('sending…').first().waitFor({ state: 'detached' });
    await page.waitForFunction(() => localStorage.getItem('elizad-pending') === null);
    assert.deepEqual(await listSaid(url, page.url()), [...words, 'said 6']);
  });

  it('of one tab is not lost by what another one keeps', async (t) => {
    const { page, url, kill, restart } = await openMortal(t);
    const address = page.url();
    const other = await page.context().newPage();
    await other.goto(address);
    await findParts(other, 'Eliza').box.waitFor();
    await kill();
    await other.getByText('Reconnecting').waitFor();
    await findParts(page, 'Eliza').say('said here');
    await findParts(other, 'Eliza').say('said there');
    for (const tab of [page, other]) await tab.goto('about:blank');
    await restart();
    await page.goto(address);
    const { log } = findParts(page, 'Eliza');
    for (const word of ['said here', 'said there']) await log.getByText(word, { exact: true }).waitFor();
    await page.waitForFunction(() => localStorage.getItem('elizad-pending') === null);
    assert.deepEqual((await listSaid(url, address)).toSorted(), ['said here', 'said there']);
  });

  it('and was stored after all is shown as said, once, with what was answered', async (t) => {
    const { page, url } = await openMortal(t);
    const { log, say } = findParts(page, 'Eliza');
    await page.evaluate(() => {
      // As when the page is closed before the server's word is there.
      Storage.prototype.removeItem = () => {};
    });
    await say('said before');
    await log.getByText('#2').waitFor();
    assert.notEqual(await page.evaluate(() => localStorage.getItem('elizad-pending')), null);
    for (let n = 0; n < 2; n++) {
      await page.reload();
      await log.getByText('said before', { exact: true }).waitFor();
      await page.waitForFunction(() => localStorage.getItem('elizad-pending') === null);
      await log.getByText('sending…').waitFor({ state: 'detached' });
      assert.equal(await log.getByText('said before', { exact: true }).count(), 1);
      assert.equal(await page.getByText('Waiting for an answer').count(), 0);
    }
    assert.deepEqual(await listSaid(url, page.url()), ['said before']);
  });
});
