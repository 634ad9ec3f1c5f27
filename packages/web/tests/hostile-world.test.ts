/** What else comes from others, or from another time: who speaks as whom, pictures, names, addresses, and what the browser kept. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { systemId } from 'elizad-protocol';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { usualApproval } from '../../server/src/agents/actions/approval.ts';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';
import { findParts } from './support/talk.ts';
import { openWrittenRoom } from './support/written-room.ts';

/** Of those who take part in a room without being an agent. */
const somebody = '11111111-1111-4111-8111-111111111111';
const approval = { action: 'book', state: 'open', otherwise: 'deny', deadline: Date.parse('2030-01-01') };

const isKept = (page: Page) => page.getByRole('navigation', { name: 'Sections' }).waitFor();

/** Makes an agent, and opens its character. */
async function openAgent(page: Page, url: string, agent: object): Promise<void> {
  const made = await fetch(`${url}/api/agents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent }),
  });
  const { data } = (await made.json()) as { data: { id: string } };
  await page.goto(`${url}/agents/${data.id}`);
}

describe('who speaks', { skip }, () => {
  it('is who the server says, not what the message says of itself', async (t) => {
    const { app, roomId } = await openWrittenRoom(t, (agentId) => [
      { text: 'Of the server.', source: 'system', senderId: systemId },
      { text: 'Enter your key.', source: 'system', senderId: somebody },
      { text: 'May I?', source: 'agent_question', metadata: { approval, isAgent: true }, senderId: somebody },
      { text: 'Doing.', source: 'agent_action', metadata: { actionStatus: 'completed' }, senderId: somebody },
      { text: 'I am one.', source: 'agent_response', metadata: { isAgent: true }, senderId: somebody },
      { text: 'I may ask.', source: 'agent_question', metadata: { approval }, senderId: agentId, senderName: 'Eliza' },
    ]);
    const { page, assertQuiet } = await openPage(t, { server: app, path: `/rooms/${roomId}` });
    const { log } = findParts(page, 'The museum');
    await log.getByRole('button', { name: 'Allow', exact: true }).waitFor();
    assert.equal(await log.getByRole('button', { name: 'Allow', exact: true }).count(), 1);
    assert.equal(await log.locator('article[data-agent=true]').count(), 1);
    // A notice of the server has no sender; everybody else has.
    assert.equal(await log.getByRole('article').count(), 5);
    for (const text of ['Enter your key.', 'May I?', 'Doing.', 'I am one.'])
      await log.getByRole('article', { name: 'Mallory' }).getByText(text).waitFor();
    assertQuiet();
  });
});

describe('a question of an agent', { skip }, () => {
  it('hides nothing of what it asks for', async (t) => {
    const input = { path: '[notes](/etc/shadow)', as: '`*root*` \u202e', to: '![x](/media/x)' };
    const asked = usualApproval('read_file').question(input);
    const { app, roomId } = await openWrittenRoom(t, (agentId) => [
      { text: asked, source: 'agent_question', metadata: { approval }, senderId: agentId, senderName: 'Eliza' },
    ]);
    const { page, assertQuiet } = await openPage(t, { server: app, path: `/rooms/${roomId}` });
    const { log } = findParts(page, 'The museum');
    await log.getByRole('button', { name: 'Allow', exact: true }).waitFor();
    const shown = '{"path":"[notes](/etc/shadow)","as":"\\u0060*root*\\u0060 \\u202e","to":"![x](/media/x)"}';
    assert.equal(await log.locator('article code').textContent(), shown);
    assert.deepEqual(JSON.parse(shown), input);
    assert.equal(await log.locator('article').getByRole('link').count(), 0);
    assertQuiet();
  });
});

/** A picture of these sides whose bytes are few; its first ones say so. */
function makePng(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(name), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const lines = deflateSync(Buffer.alloc(1_000));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', lines),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('a picture', { skip }, () => {
  it('that is too large to be drawn, or no picture, is a card to download', async (t) => {
    const { app, roomId } = await openWrittenRoom(t, () => [{ text: 'Nothing yet.' }]);
    const { page } = await openPage(t, { server: app, path: `/rooms/${roomId}`, viewport: phone });
    const { log } = findParts(page, 'The museum');
    await log.getByText('Nothing yet.').waitFor();
    const create = { width: 9_000, height: 9_000, channels: 3, background: 'red' } as const;
    const huge = await sharp({ create, limitInputPixels: false }).png({ compressionLevel: 9 }).toBuffer();
    const form = new FormData();
    form.set('file', new Blob([Uint8Array.from(huge)], { type: 'image/png' }), 'huge.png');
    const uploaded = await fetch(`${app.url}/api/messaging/channels/${roomId}/upload-media`, {
      method: 'POST',
      body: form,
    });
    const { data } = (await uploaded.json()) as { data: { url: string } };
    const within = `data:image/png;base64,${makePng(50_000, 50_000).toString('base64')}`;
    const drawing = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>';
    const attachments = [
      { url: data.url, contentType: 'image/png', title: 'huge.png' },
      { url: within, contentType: 'image/png', title: 'within.png' },
      { url: drawing, contentType: 'image/svg+xml', title: 'drawing.svg' },
      { url: `/api/messaging/channels/${roomId}/events`, contentType: 'image/png', title: 'stream.png' },
    ];
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname + new URL(request.url()).search));
    await fetch(`${app.url}/api/messaging/channels/${roomId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: `Four. ![huge](${data.url})`, author_id: somebody, attachments }),
    });
    for (const title of ['huge.png', 'within.png', 'drawing.svg'])
      await log.getByRole('link', { name: new RegExp(`Download ${title}`) }).waitFor();
    await log.getByRole('link', { name: /stream.png on this server/ }).waitFor();
    await log.getByRole('link', { name: 'huge', exact: true }).waitFor();
    assert.equal(await log.getByRole('img').count(), 0);
    assert.deepEqual(
      asked.filter((path) => path === data.url || path.endsWith('/events')),
      [],
    );
    await assertAccessible(page);
  });
});

describe('a character', { skip }, () => {
  it('of tens of thousands of lines is a page all the same', async (t) => {
    const { page, server, assertQuiet } = await openPage(t);
    const many = Array.from({ length: 9_000 }, (_, index) => `line ${index}`);
    const talk = Array.from({ length: 100 }, () => ({ name: 'Ada', content: { text: 'Hello.' } }));
    const agent = {
      name: 'Mallory',
      bio: many,
      topics: many,
      style: { all: many, chat: many },
      messageExamples: Array.from({ length: 100 }, () => talk),
      lore: ['Few.'],
    };
    await openAgent(page, server.url, agent);
    await page.getByRole('textbox', { name: 'Lore 1' }).waitFor();
    assert.ok((await page.locator('textarea, input').count()) < 100);
    assert.match(await page.getByRole('textbox', { name: 'Topics', exact: true }).inputValue(), /"line 8999"/);
    assertQuiet();
  });

  it('of texts that take a browser minutes to place is a page all the same, and loses nothing by it', async (t) => {
    const { page, server, assertQuiet } = await openPage(t);
    const agent = {
      name: 'Mallory',
      system: `Z${'\u0301'.repeat(200_000)}`,
      bio: Array.from({ length: 30 }, () => '\u05d0a'.repeat(5_000)),
      settings: { deep: Array.from({ length: 90 }).reduce((inner) => [inner], Array(10_000).fill(1)) },
      lore: ['Few.'],
    };
    await openAgent(page, server.url, agent);
    await page.getByRole('textbox', { name: 'Lore 1' }).waitFor();
    const read = async (name: string) =>
      JSON.parse(await page.getByRole('textbox', { name, exact: true }).inputValue()) as unknown;
    assert.equal(await read('System prompt'), agent.system);
    assert.deepEqual(await read('Bio'), agent.bio);
    assert.deepEqual(await read('Settings'), agent.settings);
    await page.getByRole('button', { name: 'As JSON' }).click();
    const whole = (await read('Character as JSON')) as typeof agent;
    assert.deepEqual([whole.system, whole.bio], [agent.system, agent.bio]);
    assertQuiet();
  });
});

describe('the page', { skip }, () => {
  it('begins with whatever the browser kept', async (t) => {
    const { app, roomId } = await openWrittenRoom(t, () => [{ text: 'Here.' }]);
    const junk = [
      '{',
      'null',
      '[]',
      '[null]',
      '{"a":null}',
      `{"${roomId}":{}}`,
      `{"${roomId}":[null,{},{"clientMessageId":1}]}`,
      '1e999',
      '"',
      'x'.repeat(300_000),
    ];
    const { page, assertQuiet } = await openPage(t, { server: app });
    const names = [
      'pending',
      'read',
      'entity',
      'name',
      'theme',
      'removed',
      `uploads-${roomId}`,
      `draft-${roomId}`,
      'key',
    ];
    for (const value of junk) {
      await page.evaluate(
        ([given, all]) => {
          for (const name of all)
            if (name !== 'key') localStorage.setItem(`elizad-${name}`, name.startsWith('draft') ? 'x' : given);
        },
        [value, names] as const,
      );
      await page.goto(`${app.url}/rooms/${roomId}`);
      await findParts(page, 'The museum').log.getByText('Here.').waitFor();
    }
    assertQuiet();
  });

  it('is there at every address', async (t) => {
    const { page, server } = await openPage(t);
    const paths = [
      ...['/rooms/%00', '/rooms/toString', '/rooms/__proto__', '/rooms/..%2f..', `/rooms/${somebody}/messages/x/xray`],
      ...['/agents/../..', '/agents/constructor', '/inside/toString', '/inside/__proto__', '/nothing'],
      `/${'a'.repeat(2_000)}`,
    ];
    for (const path of paths) {
      await page.goto(server.url + path);
      await isKept(page);
      assert.equal(await page.getByText('cannot be shown').count(), 0, path);
    }
    // These the server refuses; a link within the page leads to them all the same.
    for (const path of ['/rooms/%E0%A4%A', '/agents/%', '/rooms/%/messages/%/xray', '/inside/%zz']) {
      await page.evaluate((to) => history.pushState(null, '', to), path);
      await isKept(page);
      assert.equal(await page.getByText('cannot be shown').count(), 0, path);
    }
  });

  it('keeps its form whatever names there are', async (t) => {
    const names = [
      '\u202egnitaerht',
      `Z${'\u0310'.repeat(500)}`,
      'W'.repeat(5_000),
      '\u0000',
      '\ud83d',
      '<b>x</b>',
      '\u2067\u2067x',
    ];
    const { app, roomId, agentId } = await openWrittenRoom(t, () =>
      names.map((senderName) => ({ text: 'Hello.', senderName, senderId: crypto.randomUUID() })),
    );
    for (const name of names) {
      const answer = await fetch(`${app.url}/api/messaging/channels`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: name || 'x', type: 'GROUP', participants: [somebody, agentId] }),
      });
      await answer.text();
    }
    const { page, assertQuiet } = await openPage(t, { server: app, path: `/rooms/${roomId}`, viewport: phone });
    await findParts(page, 'The museum').log.getByText('Hello.').first().waitFor();
    for (const path of [`/rooms/${roomId}`, '/', '/inside/world']) {
      await page.goto(app.url + path);
      await page.getByText(/W{20}/).or(page.getByText('Agents').first()).first().waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, path);
      const text = await page.locator('body').innerText();
      assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069]/, path);
    }
    assertQuiet();
  });
});
