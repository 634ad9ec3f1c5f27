/** A minute without network, as in a tunnel: what is said on both sides meanwhile is there afterwards, once and in order. */
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openTestServer } from '../../server/tests/support/test-server.ts';
import { openPage, skip } from './support/browser.ts';
import { sayFromElsewhere } from './support/elsewhere.ts';
import { findParts } from './support/talk.ts';

const tunnelMs = 60_000;

/** A line to a port that can be cut: everything on it breaks, and nothing gets through until it is mended. */
async function openLine(t: TestContext, port: number) {
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  t.after(() => {
    cut();
    server.close();
  });
  const { port: own } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${own}`, cut, mend: () => (isCut = false) };
}

describe('an offline minute', { skip }, () => {
  it('says so, keeps what is written, and afterwards has everything once and in order', async (t) => {
    const app = await openTestServer(t);
    const line = await openLine(t, Number(new URL(app.url).port));
    const { page } = await openPage(t, { server: line });
    await page.getByRole('button', { name: 'Talk to Eliza' }).click();
    const { log, say } = findParts(page, 'Eliza');
    await say('before.');
    await log.getByText('#2').waitFor();
    line.cut();
    await page.getByText('Reconnecting').waitFor();
    await say('in the tunnel, one.');
    await say('in the tunnel, two.');
    await sayFromElsewhere(app.url, page.url(), { text: 'said by another.', name: 'Ada', wait: true });
    await wait(tunnelMs);
    assert.equal(await log.getByText('sending…').count(), 2);
    line.mend();
    await log.getByText('said by another.').waitFor({ timeout: 20_000 });
    // Where the same one spoke twice, its number is shown only under the pointer.
    await log.getByText('#8').waitFor({ state: 'attached' });
    const seqs = (await log.getByText(/^#\d+$/).allTextContents()).map((text) => Number(text.slice(1)));
    assert.deepEqual(seqs, [1, 2, 3, 4, 5, 6, 7, 8]);
    for (const text of ['in the tunnel, one.', 'in the tunnel, two.', 'said by another.'])
      assert.equal(await log.getByText(text, { exact: true }).count(), 1);
    await page.getByText('Reconnecting').waitFor({ state: 'detached' });
  });
});
