/** The box where one writes: its files, whom one calls in it, who else writes, and how an answer is stopped. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';
import { findParts, openDm, openTalk } from './support/talk.ts';

/** A picture of 2 by 1, and a text. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADklEQVQImWP4z8DwH4QBEfcD/RSF9bkAAAAASUVORK5CYII=',
  'base64',
);
const picture = { name: 'dot.png', mimeType: 'image/png', buffer: png };
const note = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('A note.') };

type Given = { name: string; mimeType: string; buffer: Buffer };

/** As the browser itself would tell the page: files come in a `DataTransfer`. */
async function give(page: Page, how: 'paste' | 'drop', label: string, files: readonly Given[]): Promise<void> {
  const given = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  await page.getByLabel(label, { exact: true }).evaluate(
    (element, [kind, list]) => {
      const data = new DataTransfer();
      for (const { name, mimeType, base64 } of list) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: mimeType }));
      }
      const init = { bubbles: true, cancelable: true };
      if (kind === 'paste') element.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }));
      else
        for (const type of ['dragenter', 'dragover', 'drop'])
          element.dispatchEvent(new DragEvent(type, { ...init, dataTransfer: data }));
    },
    [how, given] as const,
  );
}

describe('files in the composer', { skip }, () => {
  it('come by picker, paste and drop, are shown before they are sent, and seen by the other and after a reload', async (t) => {
    const { page, log, box, say, provider, server, assertQuiet } = await openTalk(t);
    const other = await openPage(t, { server, path: new URL(page.url()).pathname });
    const otherLog = findParts(other.page, 'Cleo').log;
    await otherLog.waitFor();
    const files = page.getByRole('list', { name: 'Files to send' });
    await page.getByLabel('Files', { exact: true }).setInputFiles([picture, note]);
    await give(page, 'paste', 'Message to Cleo', [{ ...picture, name: 'pasted.png' }]);
    await give(page, 'drop', 'Messages', [{ ...note, name: 'dropped.txt' }]);
    await files.getByRole('img', { name: 'Preview of pasted.png' }).waitFor();
    for (const name of ['dot.png', 'note.txt', 'pasted.png', 'dropped.txt']) await files.getByText(name).waitFor();
    await assertAccessible(page);
    await files.getByRole('button', { name: 'Remove note.txt' }).click();
    await files.getByText('note.txt').waitFor({ state: 'detached' });
    await files.getByRole('progressbar').waitFor({ state: 'detached' });
    await box.fill('Look.');
    await page.reload();
    assert.equal(await box.inputValue(), 'Look.');
    await files.getByRole('img', { name: 'Preview of dot.png' }).waitFor();
    provider.script({ kind: 'answer', text: 'I see.' });
    await say('Look at these.');
    await files.waitFor({ state: 'detached' });
    for (const where of [log, otherLog]) {
      await where.getByText('Look at these.').waitFor();
      await where.getByRole('button', { name: 'Show dot.png large' }).waitFor();
      await where.getByRole('button', { name: 'Show pasted.png large' }).waitFor();
      await where.getByRole('link', { name: /Download dropped.txt/ }).waitFor();
    }
    await log.getByText('I see.').waitFor();
    await page.reload();
    await log.getByRole('button', { name: 'Show dot.png large' }).click();
    const dialog = page.getByRole('dialog', { name: 'dot.png' });
    await dialog.getByRole('img', { name: 'dot.png' }).waitFor();
    const width = await dialog.getByRole('img').evaluate((image) => (image as HTMLImageElement).naturalWidth);
    assert.equal(width, 2);
    await assertAccessible(page);
    await page.keyboard.press('Escape');
    const download = page.waitForEvent('download');
    await log.getByRole('link', { name: /Download dropped.txt/ }).click();
    assert.equal((await download).suggestedFilename(), 'dropped.txt');
    assert.equal(await files.count(), 0);
    assertQuiet();
    other.assertQuiet();
  });

  it('are waited for, and tried again after a failure', async (t) => {
    const { page, log, say, provider } = await openTalk(t);
    let isBroken = true;
    await page.route('**/upload-media', (route) => (isBroken ? route.abort() : route.continue()));
    await page.getByLabel('Files', { exact: true }).setInputFiles([picture]);
    const again = page.getByRole('button', { name: 'Upload dot.png again' });
    await again.waitFor();
    await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
    await say('Here.');
    await page.getByText('Not sent yet').waitFor();
    assert.equal(await log.getByText('Here.').count(), 0);
    isBroken = false;
    provider.script({ kind: 'answer', text: 'Thanks.' });
    await again.click();
    await log.getByText('Thanks.').waitFor();
    await log.getByRole('button', { name: 'Show dot.png large' }).waitFor();
  });

  it('are sent with what was said when they are there, whatever room is open then', async (t) => {
    const { page, log, say, provider } = await openTalk(t);
    const room = new URL(page.url()).pathname;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/upload-media', (route) => held.then(() => route.continue()));
    await page.getByLabel('Files', { exact: true }).setInputFiles([picture]);
    await say('Here it is.');
    await page.getByText('It is sent once its files are uploaded.').waitFor();
    provider.script({ kind: 'answer', text: 'Thanks.' });
    await page.getByRole('link', { name: 'Agents', exact: true }).click();
    await log.waitFor({ state: 'detached' });
    release();
    await page.getByRole('link', { name: /1 unread/ }).waitFor();
    await page.goto(new URL(room, page.url()).href);
    await log.getByText('Thanks.').waitFor();
    await log.getByRole('button', { name: 'Show dot.png large' }).waitFor();
    assert.equal(await log.getByText('Here it is.').count(), 1);
  });

  it('are refused when they are too large, empty, or of a type that is not taken, with what to do', async (t) => {
    const { page } = await openTalk(t, { MAX_UPLOAD_BYTES: '2000' });
    const large = { name: 'large.txt', mimeType: 'text/plain', buffer: Buffer.alloc(3_000, 'a') };
    const empty = { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) };
    const odd = { name: 'odd.zip', mimeType: 'application/zip', buffer: Buffer.from('PK\u0003\u0004 no text \u0000') };
    await page.getByLabel('Files', { exact: true }).setInputFiles([large, empty, odd]);
    const files = page.getByRole('list', { name: 'Files to send' });
    await files.getByText('large.txt is too large: 3 kB, the maximum is 2 kB.').waitFor();
    await files.getByText('Make it smaller').waitFor();
    await files.getByText('empty.txt is empty.').waitFor();
    await files.getByText('Files of this type are not accepted.').waitFor();
    await files.getByText('Upload audio, JPEG').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Send' }).isDisabled(), true);
    for (const name of ['large.txt', 'empty.txt', 'odd.zip'])
      await files.getByRole('button', { name: `Remove ${name}` }).click();
    await files.waitFor({ state: 'detached' });
  });

  it('of other servers are links with their host, and sounds and films have players', async (t) => {
    const { page, log, server, assertQuiet } = await openTalk(t);
    const roomId = new URL(page.url()).pathname.split('/').at(-1);
    const attachments = [
      { url: 'https://example.com/cat.png', contentType: 'image/png', title: 'A cat' },
      { url: 'javascript:alert(1)', title: 'Nothing good' },
      { url: `data:image/png;base64,${png.toString('base64')}`, contentType: 'image/png', title: 'Within' },
    ];
    const body = { channel_id: roomId, author_id: crypto.randomUUID(), content: 'Three.', attachments };
    const answer = await fetch(`${server.url}/api/messaging/channels/${roomId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.ok(answer.ok, await answer.text());
    const link = log.getByRole('link', { name: /A cat/ });
    assert.equal(await link.getAttribute('href'), 'https://example.com/cat.png');
    await link.getByText('at example.com').waitFor();
    await log.getByText('Nothing good').waitFor();
    assert.equal(await log.getByRole('link', { name: /Nothing good/ }).count(), 0);
    await log.getByRole('button', { name: 'Show Within large' }).waitFor();
    assertQuiet();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`have no serious fault of accessibility on a phone in the ${colorScheme} theme`, async (t) => {
      const { page, assertQuiet } = await openPage(t, { viewport: phone, hasTouch: true, isMobile: true, colorScheme });
      await openDm(page, 'Eliza');
      await page.getByLabel('Files', { exact: true }).setInputFiles([picture, note]);
      await page.getByText('note.txt').waitFor();
      await assertAccessible(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      const size = await page.getByRole('button', { name: 'Send' }).boundingBox();
      assert.ok(size && size.width >= 44 && size.height >= 44, JSON.stringify(size));
      await page.getByRole('button', { name: 'Send' }).tap();
      await page.getByRole('link', { name: /Download note.txt/ }).waitFor();
      await assertAccessible(page);
      assertQuiet();
    });
  }
});
