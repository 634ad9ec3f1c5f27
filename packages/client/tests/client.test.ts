/** elizad-client against a real server: typed calls, refusals with code and hint, and a server that is killed and comes back. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDir, openTestServer, spawnServer } from '../../server/tests/support/test-server.ts';
import { connect, RequestFailed } from '../src/index.ts';

test('join, send, answer, world state, typing, cancel, leave', async (t) => {
  const { url } = await openTestServer(t);
  const client = connect(url, { name: 'Ada' });
  t.after(() => client.close());
  const { entityId, limits } = await client.ready;
  assert.equal(limits.maxTextLength, 100_000);
  const [agent] = Object.values((await client.worldState()).agents);
  assert.ok(agent);
  const { roomId, type } = await client.join({ roomId: crypto.randomUUID(), agentId: agent.id });
  assert.equal(type, 'DM');
  const answer = new Promise<string>((resolve) =>
    client.on('messageBroadcast', ({ senderId, text }) => senderId === agent.id && resolve(text)),
  );
  const { seq } = await client.send({ roomId, text: 'Hello.' });
  assert.equal(seq, 1);
  assert.notEqual(await answer, '');
  await client.typing(roomId, true);
  assert.equal(await client.cancel(roomId), 0);
  const state = await client.worldState({ roomId });
  assert.deepEqual(
    Object.values(state.messages).map(({ senderName }) => senderName),
    ['Ada', agent.name],
  );
  assert.equal(state.users[entityId]?.name, 'Ada');
  await client.leave(roomId);
  assert.deepEqual(Object.keys((await client.worldState()).channels), []);
});

test('a refusal is an error with code and hint', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'k' });
  const client = connect(url, { apiKey: 'k' });
  t.after(() => client.close());
  await assert.rejects(client.join({ roomId: 'lobby' }), (error: Error) => {
    assert.ok(error instanceof RequestFailed);
    assert.equal(error.details.code, 'invalid-payload');
    assert.equal(error.details.issues?.[0]?.path, 'roomId');
    return true;
  });
  const stranger = connect(url);
  t.after(() => stranger.close());
  await assert.rejects(stranger.ready, /requires a key/);
});

test('a call that waits when the client is closed is rejected', async (t) => {
  const { url } = await openTestServer(t);
  const client = connect(url);
  await client.ready;
  client.socket.io.engine.close();
  const sending = client.send({ roomId: crypto.randomUUID(), text: 'Too late.' });
  client.close();
  await assert.rejects(sending, /closed before "message" was answered/);
});

test('a room that was deleted is not made anew after a lost connection', async (t) => {
  const { url } = await openTestServer(t);
  const client = connect(url);
  t.after(() => client.close());
  const { roomId } = await client.join({ roomId: crypto.randomUUID() });
  const deleted = new Promise((resolve) => client.on('channelDeleted', resolve));
  await client.http.call('delete-channel', { params: { channelId: roomId } });
  await deleted;
  client.socket.disconnect().connect();
  await client.worldState();
  await assert.rejects(client.http.call('get-channel', { params: { channelId: roomId } }), (error: Error) => {
    assert.ok(error instanceof RequestFailed);
    assert.equal(error.details.code, 'channel-not-found');
    return true;
  });
});

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`after ${signal} and a new start it is back in its rooms as itself, with what it missed; a send in between is stored once`, async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const first = await spawnServer(t, dataDir);
    const port = new URL(first.url).port;
    const client = connect(first.url, { name: 'Ada' });
    t.after(() => client.close());
    const { entityId } = await client.ready;
    const { roomId } = await client.join({ roomId: crypto.randomUUID() });
    await client.send({ roomId, text: 'before' });
    await first.end(signal);
    const sending = client.send({ roomId, text: 'in between' });
    const second = await spawnServer(t, dataDir, {}, ['--port', port]);
    await sending;
    const other = connect(second.url, { name: 'Bob' });
    t.after(() => other.close());
    const heard = new Promise<void>((resolve) =>
      client.on('messageBroadcast', ({ text }) => text === 'after' && resolve()),
    );
    await other.send({ roomId, text: 'after' });
    await heard;
    const { messages, users } = await client.worldState({ roomId });
    assert.deepEqual(
      Object.values(messages).map(({ text, seq }) => [text, seq]),
      [
        ['before', 1],
        ['in between', 2],
        ['after', 3],
      ],
    );
    assert.equal(users[entityId]?.name, 'Ada');
  });
}
