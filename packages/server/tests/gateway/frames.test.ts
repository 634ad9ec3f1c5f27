/** Every frame that the server sends has the shape that the protocol table promises: all events of a busy hour, checked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type WireOutEvent, wireOut } from 'elizad-protocol';
import { openFakeProvider } from '../support/fake-provider.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

/** They come with time alone: rooms-over-http/sessions.test.ts waits for them. */
const ofTime = ['sessionExpirationWarning', 'sessionExpired', 'sessionRenewed'];

test('each event of the table is sent, and fits its schema', async (t) => {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const character = writeCharacter(makeDir(t), {
    name: 'Cleo',
    bio: 'Calm.',
    settings: { model: 'openai/test-model' },
  });
  const { url } = await openTestServer(t, {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'k',
    ELIZAD_CHARACTERS: character,
    LOG_LEVEL: 'info',
  });
  const ada = openClient(t, url, { auth: { entityId: crypto.randomUUID(), name: 'Ada' } });
  const bob = openClient(t, url);
  const roomId = crypto.randomUUID();
  const agentId = await findAgent(ada, 'Cleo');
  await ada.ask('subscribe_logs');
  await bob.ask('subscribe_logs', { batched: true });
  await ada.ask('subscribe_wire', {});
  await ada.ask('update_log_filters', { level: 'info' });
  await ada.ask('join', { roomId, agentId });
  await bob.ask('join', { roomId });
  await bob.ask('typing', { roomId, isTyping: true });
  provider.script(
    { kind: 'answer', text: 'Hello Ada.', reasoning: 'A greeting.' },
    { kind: 'break', how: 'cut', after: 2 },
  );
  for (const text of ['Hello', 'Again']) {
    const { messageId } = await ada.ask('message', {
      roomId,
      text,
      messageId: text,
      attachments: [{ url: 'https://example.com/a.png' }],
      metadata: { n: 1 },
    });
    await ada.until('messageComplete', (done) => done.messageId === messageId);
  }
  await bob.ask('join', { roomId, since: 0 });
  await bob.ask('message', { roomId: 'lobby', text: 'x' });
  await bob.ask('leave', { roomId });
  ada.socket.emit('request-world-state', { roomId });
  await ada.until('world-state', (state) => state.roomId === roomId);
  const { id } = await ada.until('messageBroadcast', ({ text }) => text === 'Hello Ada.');
  await fetch(`${url}/api/messaging/central-channels/${roomId}/messages/${id}`, { method: 'DELETE' });
  await bob.ask('join', { roomId });
  await ada.until('messageDeleted');
  const room = `${url}/api/messaging/channels/${roomId}`;
  const headers = { 'content-type': 'application/json' };
  await fetch(room, { method: 'PATCH', headers, body: '{"name":"Named","metadata":{"n":[1]}}' });
  await fetch(`${room}/messages`, { method: 'DELETE' });
  await fetch(room, { method: 'DELETE' });
  await ada.until('channelDeleted');
  await bob.until('logEntries');
  await ada.ask('unsubscribe_logs');

  const frames = [...ada.events, ...bob.events].filter(({ event }) => Object.hasOwn(wireOut, event));
  for (const { event, payload } of frames) {
    const parsed = wireOut[event as WireOutEvent].schema.safeParse(payload);
    assert.ok(parsed.success, `${event} ${JSON.stringify(payload)}: ${parsed.error?.message}`);
  }
  const sent = new Set(frames.map(({ event }) => event));
  assert.deepEqual(
    Object.keys(wireOut).filter((event) => !sent.has(event) && !ofTime.includes(event)),
    [],
  );
  const thought = frames.find(({ payload }) => payload.text === 'Hello Ada.')?.payload.thought;
  assert.equal(thought, 'A greeting.');
});
