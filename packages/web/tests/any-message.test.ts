/** Whatever a message says, and whatever stands beside it: it is drawn, and the page stays. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { systemId } from 'elizad-protocol';
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { openPage, skip } from './support/browser.ts';
import { findParts } from './support/talk.ts';
import { openWrittenRooms, type Written } from './support/written-room.ts';

/** `npm run prove:any-message` draws 10,000. */
const count = Number(process.env.ELIZAD_MESSAGES ?? 2_000);
/** A list of many rows is slow to change; it is not what is tried here. */
const perRoom = 250;
/** Of the messages that are made; another one makes others. */
const seed = Number(process.env.ELIZAD_SEED ?? 20_261_129);

const addresses = fc.oneof(
  fc.constantFrom(
    'http://a.example:99999/',
    'http://%00',
    'http://a%20b.c/',
    '//',
    'https://',
    'javascript:alert(1)',
    'data:text/html,x',
    'data:image/svg+xml,<svg/>',
    'data:image/png;base64,iVBORw0KGgo=',
    'mailto:',
    '/media/uploads/channels/x/y.png',
    '/api/messaging/channels/x/events',
    'blob:null',
    '\u0000',
    'http://[::1',
    'x'.repeat(3_000),
  ),
  fc.webUrl(),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const marks = fc.constantFrom(
  ...[
    '*',
    '**',
    '_',
    '`',
    '```',
    '```ts',
    '~~',
    '[',
    ']',
    '](',
    '![',
    '<',
    '>',
    '|',
    '|-|',
    '\\',
    '&',
    '&#0;',
    '&#x110000;',
  ],
  ...[
    '\n',
    '\n\n',
    '  \n',
    '\t',
    '    ',
    '# ',
    '> ',
    '- ',
    '1. ',
    '- [ ] ',
    '---',
    '===',
    '***',
    '[^1]',
    '[a]: ',
    '{',
    '$',
    '@',
    '://',
    'www.',
  ],
  ...[
    '\u202e',
    '\u0000',
    '\ud800',
    '\u{1f600}',
    'Z\u0310\u0310\u0310\u0310\u0310',
    '\u00a0',
    '\u2028',
    'a',
    'word ',
    'constructor',
    '__proto__',
  ],
);

const markdown = fc
  .array(fc.oneof({ weight: 6, arbitrary: marks }, addresses, fc.string({ maxLength: 20 })), { maxLength: 40 })
  .map((parts) => parts.join(''));

const text = fc.oneof(
  { weight: 6, arbitrary: markdown },
  fc.tuple(addresses, fc.string()).map(([url, label]) => `[${label}](${url}) ![${label}](<${url}>) <${url}> ${url}`),
  fc.tuple(marks, fc.integer({ min: 1, max: 400 })).map(([mark, times]) => mark.repeat(times)),
  fc.string({ unit: 'binary' }),
);

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(1e300, -1, 'toString', '__proto__', 'constructor', ''),
);

const attachment = fc.oneof(
  anything,
  fc.record(
    {
      url: fc.oneof(addresses, anything),
      title: fc.oneof(fc.string(), anything),
      contentType: fc.oneof(fc.constantFrom('image/png', 'audio/x', 'video/', 'image', '/', 'IMAGE/SVG+XML'), anything),
      size: anything,
      width: anything,
      height: fc.oneof(fc.double(), anything),
      thumbnailUrl: anything,
      id: anything,
    },
    { requiredKeys: ['url'] },
  ),
);

const approval = fc.record(
  {
    state: fc.oneof(fc.constantFrom('open', 'approved', 'denied'), anything),
    deadline: fc.oneof(fc.double(), anything),
    otherwise: anything,
    action: anything,
  },
  { requiredKeys: [] },
);
const result = fc.record({ text: anything, error: anything }, { requiredKeys: [] });

const metadata = fc.record(
  {
    approval: fc.oneof(approval, anything),
    actionStatus: fc.oneof(fc.constantFrom('executing', 'completed', 'failed'), anything),
    actionResult: fc.oneof(result, anything),
    actionName: anything,
    isAgent: anything,
    partial: anything,
    thought: anything,
    type: anything,
    serverId: anything,
    agentName: anything,
    authorDisplayName: anything,
    clientMessageId: anything,
  },
  { requiredKeys: [] },
);

/** The store has nothing but lists there. */
const listOf = (one: fc.Arbitrary<unknown>) => fc.array(one, { maxLength: 4 });

const makeMessage = (agentId: string): fc.Arbitrary<Written> =>
  fc.record(
    {
      text,
      metadata: fc.oneof({ weight: 4, arbitrary: metadata }, fc.dictionary(fc.string(), anything)),
      source: fc.oneof(
        fc.constantFrom('client', 'system', 'agent_response', 'agent_action', 'agent_question'),
        fc.string(),
      ),
      attachments: listOf(attachment),
      actions: listOf(fc.oneof(fc.string(), anything)),
      thought: fc.option(text),
      senderName: fc.oneof(fc.string({ unit: 'binary' }), text),
      senderId: fc.constantFrom(agentId, agentId, systemId, '11111111-1111-4111-8111-111111111111'),
      createdAt: fc.oneof(fc.date({ noInvalidDate: true, min: new Date(0) }).map(Number), fc.constantFrom(0, 8.64e15)),
      rawMessage: fc.oneof(result, metadata),
    },
    { requiredKeys: ['text'] },
  );

/** Goes to one place after the other until every row was drawn; returns those that were not, or of which only the text was. */
const drawAll = (page: Page): Promise<number[]> =>
  page.getByRole('log', { name: 'Messages' }).evaluate(async (log, rows) => {
    const left = new Set(Array.from({ length: rows }, (_, index) => index));
    const lost = new Set<number>();
    const draw = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const look = () => {
      const items = [...log.querySelectorAll<HTMLElement>('li[data-index]')];
      for (const item of items)
        if (item.querySelector(':scope > article, :scope > p')) left.delete(Number(item.dataset.index));
      for (const item of items)
        if (item.textContent.includes('only its text can be shown')) lost.add(Number(item.dataset.index));
    };
    /** Until a row is drawn, or for so many frames. */
    const goTo = async (index: number, wanted: number, frames: number) => {
      history.pushState(null, '', `?at=${Math.min(rows, index + 1)}`);
      for (let n = 0; n < frames && left.has(wanted); n++) {
        await draw();
        look();
      }
    };
    look();
    for (let [next] = left; next !== undefined; [next] = left) {
      // A little further on it is in sight with many after it, where they are not high.
      await goTo(next + 40, next, 20);
      if (left.has(next)) await goTo(next, next, 600);
      if (left.delete(next)) lost.add(next);
    }
    return [...lost];
  }, perRoom);

/** Opens one room after the other in one page, draws all of each, and says something in the last. */
async function readRooms(t: TestContext, server: { readonly url: string }, roomIds: readonly string[]): Promise<void> {
  // As high as a tower: many rows are drawn at once.
  const { page } = await openPage(t, { server, path: '/settings', viewport: { width: 900, height: 12_000 } });
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('crash', () => faults.push('the tab is gone'));
  const { log, box } = findParts(page, 'The museum');
  for (const roomId of roomIds) {
    await page.evaluate((path) => history.pushState(null, '', path), `/rooms/${roomId}`);
    // The last row is there: what is seen is not the room before.
    await log.locator(`li[data-index="${perRoom - 1}"]`).waitFor();
    assert.deepEqual(await drawAll(page), [], `the room ${roomIds.indexOf(roomId)} of the page`);
    assert.deepEqual(faults, []);
  }
  await log.press('End');
  await box.fill('The page is here.');
  await page.keyboard.press('Enter');
  await log.getByText('The page is here.').waitFor();
}

describe('any message', { skip }, () => {
  it(`is drawn: ${count} of them, of markdown, links and metadata of every type`, async (t) => {
    const { app, roomIds } = await openWrittenRooms(t, (agentId) => {
      const messages = fc.sample(makeMessage(agentId), { numRuns: count, seed });
      return Array.from({ length: count / perRoom }, (_, n) => messages.slice(n * perRoom, (n + 1) * perRoom));
    });
    // Two pages side by side: a core for each.
    const half = roomIds.length / 2;
    await Promise.all([readRooms(t, app, roomIds.slice(0, half)), readRooms(t, app, roomIds.slice(half))]);
  });
});
