/** The clock of the machine is set back while people talk: times of messages ascend all the same, so pages by time miss nothing. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { takeTime } from '../../src/messaging/directories/message-time.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const hourMs = 3_600_000;

test('a history that is paged by time is whole, also where the clock went back by an hour', async (t) => {
  const { url } = await openTestServer(t, { MAX_SENDS_PER_SECOND: '100000' });
  const { call } = createRestClient(url);
  const roomId = crypto.randomUUID();
  const ada = openClient(t, url);
  await ada.ask('join', { roomId });
  // More than a page may have beyond its limit.
  const names = Array.from({ length: 630 }, (_, n) => `m${n + 1}`);
  await Promise.all(names.slice(0, 600).map((text) => ada.ask('message', { roomId, text })));
  mock.timers.enable({ apis: ['Date'], now: Date.now() - hourMs });
  t.after(() => mock.timers.reset());
  for (const text of names.slice(600)) {
    mock.timers.setTime(Date.now() + 7);
    await ada.ask('message', { roomId, text });
  }
  const texts: string[] = [];
  for (let before: string | undefined; texts.length < names.length; ) {
    const query = { limit: 10, ...(before && { before }) };
    const { body } = await call('list-messages', { params: { channelId: roomId }, query });
    const page = body.data.messages;
    if (page.length === 0) break;
    texts.push(...page.map(({ content }) => content));
    before = new Date(Math.min(...page.map(({ created_at }) => created_at))).toISOString();
  }
  assert.deepEqual(texts.reverse(), names);
});

test('a room whose time is days ahead goes by the clock again', () => {
  const room = { lastAt: 1_000_000_000 };
  assert.equal(takeTime(room, room.lastAt - hourMs), 1_000_000_001);
  assert.equal(takeTime(room, 1_000_000_001), 1_000_000_001);
  assert.equal(takeTime(room, 1_000_000_001 - 48 * hourMs), 1_000_000_001 - 48 * hourMs);
});
