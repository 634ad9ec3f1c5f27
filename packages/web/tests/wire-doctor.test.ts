/** The wire doctor: a stock client does something wrong, and the page says what, and shows its events without their text. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { openClient } from '../../server/tests/support/stock-client.ts';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';

const secret = 'The treasure is under the old oak.';

const connect = (t: TestContext, url: string, name: string) =>
  openClient(t, url, { transports: ['websocket'], auth: { entityId: crypto.randomUUID(), name } });

const choose = async (page: Page, name: RegExp) =>
  page.getByRole('list', { name: 'Sockets' }).getByRole('button', { name }).click();

describe('the wire doctor', { skip }, () => {
  it('says what a client does wrong, and shows what it sends and gets', async (t) => {
    const { page, server, assertQuiet } = await openPage(t, { path: '/inside/wire' });
    await page.getByRole('button', { name: /this page/ }).waitFor();
    const client = connect(t, server.url, 'Ada');
    await client.until('connect');
    await choose(page, /Ada/);
    const events = page.getByRole('region', { name: 'Events', exact: true });
    await page.getByText('The server sees no problems.').waitFor();
    await events.getByText('No event yet.').waitFor();
    const roomId = crypto.randomUUID();
    await client.ask('mesage', { roomId, text: secret });
    client.socket.emit('message', {
      type: 2,
      payload: { channelId: roomId, message: secret, metadata: { isDm: true } },
    });
    await client.until('messageAck');
    const findings = page.getByRole('list', { name: 'Findings' });
    await findings.getByText('Did you mean message?').waitFor();
    await findings.getByText(`Sent a message to room ${roomId} without joining it first`).waitFor();
    await findings.getByText('without senderId').waitFor();
    await events.getByRole('row', { name: /client to server message envelope/ }).waitFor();
    await events.getByRole('row', { name: /client to server mesage.*unknown-event/ }).waitFor();
    // The answer of the agent may be there already.
    await events
      .getByRole('row', { name: /server to client messageBroadcast/ })
      .first()
      .waitFor();
    assert.ok(!(await page.content()).includes('treasure'));

    await events.getByRole('searchbox').fill('mesage');
    assert.equal(await events.getByRole('row').count(), 2);
    await events.getByRole('searchbox').fill('');
    await events.getByRole('button', { name: 'Pause' }).click();
    const before = await events.getByRole('row').count();
    await client.ask('request-world-state', {});
    await page.getByText('Known facts').click();
    await page.getByText('request-world-state ×1').waitFor();
    assert.equal(await events.getByRole('row').count(), before);
    await events.getByRole('button', { name: 'Go on' }).click();
    await events
      .getByRole('row', { name: /world-state/ })
      .first()
      .waitFor();
    await events.getByRole('button', { name: 'Clear' }).click();
    await events.getByText('No event yet.').waitFor();

    client.socket.close();
    await page.getByRole('heading', { name: 'It has disconnected' }).waitFor();
    assertQuiet();
  });

  it('shows names of events as words: they stand over no other line, and turn none round', async (t) => {
    const { page, server, assertQuiet } = await openPage(t, { path: '/inside/wire' });
    const client = connect(t, server.url, 'Ada');
    await client.until('connect');
    await client.ask(`no\u202esuch${'\u0301'.repeat(40)}`, {});
    await choose(page, /Ada/);
    const shown = 'nosuch\u0301\u0301\u0301\u0301';
    await page.getByText('Known facts').click();
    await page.getByText(`${shown} ×1`).waitFor();
    await page.getByRole('list', { name: 'Findings' }).getByText(`Sent ${shown}`).waitFor();
    const seen = await page.locator('main').innerText();
    assert.doesNotMatch(seen, /\u202e|\p{M}{5}/u);
    assertQuiet();
  });

  it('says who was refused, and why', async (t) => {
    const { page, server } = await openPage(t, { path: '/inside/wire' });
    const client = openClient(t, server.url, { transports: ['websocket'], auth: { entityId: 'ada' } });
    await client.until('connect_error');
    await page.getByText('Connections that were refused (1)').click();
    await page.getByText('that is not a UUID').waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious fault of accessibility in the ${colorScheme} theme, wide and on a phone`, async (t) => {
      const { page, server, assertQuiet } = await openPage(t, { colorScheme, path: '/inside/wire' });
      const client = connect(t, server.url, 'Ada');
      await client.ask('message', { roomId: 'lobby', text: secret });
      await choose(page, /Ada.*1 finding/);
      await page.getByText('No event yet.').waitFor();
      await client.ask('mesage');
      await page.getByRole('row', { name: /mesage/ }).waitFor();
      for (const viewport of [page.viewportSize(), phone]) {
        if (viewport) await page.setViewportSize(viewport);
        await assertAccessible(page);
        const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(isTooWide, false);
      }
      assertQuiet();
    });
  }
});
