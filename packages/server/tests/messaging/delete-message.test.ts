/** A deleted message is gone for everybody: over HTTP, live, for who comes back later, and after a restart. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { defaultServerId } from 'elizad-protocol';
import { createMissedReader } from '../../src/gateway/resume/missed.ts';
import { openMissedLog } from '../../src/messaging/asking/missed-log.ts';
import { startTelling } from '../../src/messaging/events/log-position.ts';
import { openSocketSessions } from '../../src/messaging/sessions/socket-sessions.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { getLastPosition } from '../../src/storage/journal/log-entries.ts';
import { openMessageLog } from '../../src/storage/journal/message-log.ts';
import { insertChannel } from '../../src/storage/rooms/channels.ts';
import { openFakeProvider } from '../support/fake-provider.ts';
import { packetsOf, saveInRoom } from '../support/saved-session.ts';
import { findAgent, openClient, type Payload, type StockClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer, writeCharacter } from '../support/test-server.ts';

const pathOf = (roomId: string, id: string, name = 'central-channels') =>
  `/api/messaging/${name}/${roomId}/messages/${id}`;

async function remove(url: string, path: string, headers: Record<string, string> = {}) {
  // As stock clients do it: with a type, and no body.
  const answer = await fetch(url + path, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: answer.status, body: (await answer.json()) as Payload };
}

const textsOf = (client: StockClient): string[] =>
  client.events.filter(({ event }) => event === 'messageBroadcast').map(({ payload }) => payload.text);

const countConnects = (client: StockClient): number => client.events.filter(({ event }) => event === 'connect').length;

async function openRoom(t: TestContext, env: Record<string, string> = {}) {
  const { url } = await openTestServer(t, env);
  const roomId = crypto.randomUUID();
  const ada = openClient(t, url, { auth: { entityId: crypto.randomUUID() }, reconnectionDelay: 20 });
  const bob = openClient(t, url);
  await ada.ask('join', { roomId });
  await bob.ask('join', { roomId });
  return { url, roomId, ada, bob };
}

describe('DELETE of a message', () => {
  it('tells the room, once, in both spellings of the address, and answers 404 the second time', async (t) => {
    const { url, roomId, ada, bob } = await openRoom(t);
    for (const name of ['central-channels', 'channels']) {
      const { messageId } = await ada.ask('message', { roomId, text: 'Forget me.' });
      const first = await remove(url, pathOf(roomId, messageId, name));
      assert.deepEqual([first.status, first.body], [200, { success: true }]);
      for (const client of [ada, bob]) {
        const told = await client.until('messageDeleted', (one) => one.messageId === messageId);
        assert.deepEqual(told, { messageId, channelId: roomId, roomId });
      }
      const again = await remove(url, pathOf(roomId, messageId, name));
      assert.deepEqual([again.status, again.body.error.code], [404, 'message-not-found']);
    }
    assert.equal(bob.events.filter(({ event }) => event === 'messageDeleted').length, 2);
    ada.socket.emit('request-world-state', { roomId });
    assert.deepEqual((await ada.until('world-state')).messages, {});
  });

  it('refuses ids that are none, unknown rooms and messages of other rooms', async (t) => {
    const { url, roomId, ada } = await openRoom(t);
    const { messageId } = await ada.ask('message', { roomId, text: 'Stay.' });
    const other = crypto.randomUUID();
    for (const [path, status] of [
      [pathOf('lobby', messageId), 400],
      [pathOf(roomId, "1' or 1=1"), 400],
      [pathOf(roomId, 'x'.repeat(90)), 400],
      [pathOf(other, messageId), 404],
      [pathOf(roomId, other), 404],
    ] as const)
      assert.equal((await remove(url, path)).status, status, path);
    ada.socket.emit('request-world-state', { roomId });
    assert.deepEqual(Object.keys((await ada.until('world-state')).messages), [messageId]);
  });

  it('needs the key, and of who is named the name of the sender', async (t) => {
    const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'k' });
    const entityId = crypto.randomUUID();
    const ada = openClient(t, url, { auth: { entityId, apiKey: 'k' } });
    const roomId = crypto.randomUUID();
    const { messageId } = await ada.ask('message', { roomId, text: 'Mine.' });
    const path = pathOf(roomId, messageId);
    const asBob = { 'x-api-key': 'k', 'x-entity-id': crypto.randomUUID() };
    assert.equal((await remove(url, path)).status, 401);
    assert.equal((await remove(url, path, { ...asBob, 'x-api-key': 'wrong' })).status, 401);
    assert.equal((await remove(url, path, asBob)).body.error.code, 'not-the-sender');
    assert.equal((await remove(url, path, { ...asBob, 'x-entity-id': 'ada' })).status, 400);
    assert.equal((await remove(url, path, { 'x-api-key': 'k', 'x-entity-id': entityId.toUpperCase() })).status, 200);
  });
});

describe('a hole in a room', () => {
  it('is passed over by a replay, and its number is not used again, also after a restart', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    let server = await spawnServer(t, dataDir);
    const port = new URL(server.url).port;
    const roomId = crypto.randomUUID();
    const ada = openClient(t, server.url, { reconnectionDelay: 20 });
    await ada.ask('join', { roomId });
    const ids: string[] = [];
    for (const text of ['1', '2', '3', '4', '5'])
      ids.push((await ada.ask('message', { roomId, text, messageId: text })).messageId);
    for (const index of [1, 4]) await remove(server.url, pathOf(roomId, ids[index] as string));
    await server.end('SIGKILL');
    server = await spawnServer(t, dataDir, {}, ['--port', port]);
    await ada.until('connection_established', () => countConnects(ada) === 2);
    assert.equal((await ada.ask('message', { roomId, text: '6' })).seq, 6);
    await ada.until('messageBroadcast', ({ text }) => text === '6');
    assert.deepEqual(textsOf(ada), ['1', '2', '3', '4', '5', '6'], 'what came after the restart is heard');
    const bob = openClient(t, server.url);
    await bob.ask('join', { roomId, since: 0 });
    assert.deepEqual(textsOf(bob), ['1', '3', '4', '6']);
    // The key of a retry went with the message: it is a new one.
    assert.equal((await ada.ask('message', { roomId, text: '2', messageId: '2' })).seq, 7);
    assert.equal((await ada.ask('message', { roomId, text: '3', messageId: '3' })).seq, 3);
  });

  it('does not end a resume early, however many there are', async (t) => {
    const database = await openSqlite(makeDir(t));
    t.after(() => database.close());
    const [channelId, elsewhere] = [crypto.randomUUID(), crypto.randomUUID()];
    for (const id of [channelId, elsewhere])
      await insertChannel(database.db, { id, server_id: defaultServerId, name: 'R', type: 'GROUP', created_at: 1 }, []);
    const log = openMessageLog(database);
    const said = { senderId: crypto.randomUUID(), senderName: 'Ada', source: 'test', thought: null, inReplyTo: null };
    const rest = { serverId: defaultServerId, createdAt: 1, actions: [], attachments: [], metadata: {} };
    const say = (room: string, text: string) =>
      log.write({
        kind: 'post',
        message: { ...said, ...rest, id: crypto.randomUUID(), channelId: room, text, clientMessageId: null },
      });
    const all = await Promise.all(Array.from({ length: 900 }, (_, n) => say(channelId, String(n))));
    // So much elsewhere that the room is read by its own index.
    await Promise.all(Array.from({ length: 6_000 }, () => say(elsewhere, 'noise')));
    await say(channelId, 'last');
    const gone = all.slice(0, 700).filter((_, index) => index % 10 !== 0);
    await Promise.all(gone.map(({ message }) => log.write({ kind: 'deletion', channelId, messageId: message.id })));
    await saveInRoom(database.db, ['p'], channelId);
    const told = startTelling(await getLastPosition(database.db));
    const read = createMissedReader({
      sessions: openSocketSessions(database),
      log: openMissedLog(database),
      told,
      answers: { list: () => [] },
      logger: { warn() {}, error() {} },
      mostMissedBytes: 10_000_000,
    });
    const back = await read({ pid: 'p', offset: '0', take: () => {} });
    const missed = packetsOf(back);
    const heard = (name: string) => missed.filter(([event]) => event === name);
    assert.equal(heard('messageBroadcast').length, 901 - gone.length);
    assert.equal(heard('messageDeleted').length, gone.length);
    assert.equal(heard('messageComplete').length, 901, 'one for each, gone or not');
  });
});

describe('whoever was away', () => {
  it('hears of the deletion, and of the end of that message once, when back', async (t) => {
    const { url, roomId, ada, bob } = await openRoom(t);
    const { messageId: heard } = await bob.ask('message', { roomId, text: 'heard' });
    await ada.until('messageComplete', (done) => done.messageId === heard);
    // Away until all has happened: it would else be back in the middle of it.
    ada.socket.io.reconnection(false);
    ada.socket.io.engine.close();
    await ada.until('disconnect');
    const { messageId: missed } = await bob.ask('message', { roomId, text: 'missed' });
    for (const id of [heard, missed]) await remove(url, pathOf(roomId, id));
    ada.socket.connect();
    await ada.until('messageDeleted', ({ messageId }) => messageId === missed);
    assert.equal(ada.socket.recovered, true);
    const told = ada.events.filter(({ event }) => ['messageDeleted', 'messageComplete'].includes(event));
    assert.deepEqual(
      told.map(({ event, payload }) => [event, payload.messageId]),
      [
        ['messageComplete', heard],
        ['messageDeleted', heard],
        ['messageComplete', missed],
        ['messageDeleted', missed],
      ],
    );
    assert.deepEqual(textsOf(ada), ['heard']);
  });
});

describe('a message that is being answered', () => {
  async function openWithModel(t: TestContext) {
    const provider = await openFakeProvider();
    t.after(() => provider.close());
    const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: 'Calm.', settings: { model: 'openai/m' } });
    const { url } = await openTestServer(t, {
      OPENAI_BASE_URL: `${provider.url}/v1`,
      OPENAI_API_KEY: 'k',
      ELIZAD_CHARACTERS: character,
    });
    const ada = openClient(t, url);
    const roomId = crypto.randomUUID();
    await ada.ask('join', { roomId, agentId: await findAgent(ada, 'Cleo') });
    return { provider, url, ada, roomId };
  }

  it('ends once, as cancelled, before it is gone, and so does one that waits behind it', async (t) => {
    const { provider, url, ada, roomId } = await openWithModel(t);
    provider.script({ kind: 'hang' }, { kind: 'answer', text: 'Third.' });
    const [first, second, third] = await Promise.all(
      ['one', 'two', 'three'].map(async (text) => (await ada.ask('message', { roomId, text })).messageId as string),
    );
    const request = await provider.arrived();
    for (const id of [second, first]) await remove(url, pathOf(roomId, String(id)));
    await request.hungUp;
    await ada.until('messageComplete', ({ messageId }) => messageId === third);
    await ada.until('messageBroadcast', ({ text }) => text === 'Third.');
    const told = ada.events
      .filter(({ event }) => ['messageDeleted', 'messageComplete'].includes(event))
      .map(({ event, payload }) => [event, payload.messageId, payload.outcome]);
    assert.deepEqual(told, [
      ['messageComplete', second, 'cancelled'],
      ['messageDeleted', second, undefined],
      ['messageComplete', first, 'cancelled'],
      ['messageDeleted', first, undefined],
      ['messageComplete', third, 'answered'],
    ]);
  });

  it('ends once, whenever the deletion comes', async (t) => {
    const { provider, url, ada, roomId } = await openWithModel(t);
    for (let round = 0; round < 30; round++) {
      provider.script({ kind: 'answer', text: 'one two three four five', chunks: 5 });
      const { messageId } = await ada.ask('message', { roomId, text: `round ${round}` });
      if (round % 3 === 1) await ada.until('messageStreamChunk', ({ index }) => index >= 0);
      assert.equal((await remove(url, pathOf(roomId, messageId))).status, 200);
      await ada.until('messageComplete', (done) => done.messageId === messageId);
    }
    const { messageId: last } = await ada.ask('message', { roomId, text: 'the end' });
    await ada.until('messageComplete', (done) => done.messageId === last);
    const ends = ada.events.filter(({ event }) => event === 'messageComplete').map(({ payload }) => payload.messageId);
    assert.deepEqual([ends.length, new Set(ends).size], [31, 31]);
    assert.equal(ada.events.filter(({ event }) => event === 'messageDeleted').length, 30);
  });
});

it('all that somebody has said goes a few messages at a time: others are served in between', async (t) => {
  const { url, roomId, ada, bob } = await openRoom(t);
  const { entityId } = await ada.until('connection_established');
  await Promise.all(Array.from({ length: 200 }, () => ada.ask('message', { roomId, text: '.' })));
  const { stringify } = JSON;
  let [most, told] = [0, 0];
  t.mock.method(JSON, 'stringify', (...given: Parameters<typeof stringify>) => {
    if (Array.isArray(given[0]) && given[0][0] === 'messageDeleted') most = Math.max(most, ++told);
    return stringify(...given);
  });
  const turn = () => {
    told = 0;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  t.after(() => clearImmediate(next));
  const { body } = await remove(url, `/api/messaging/central-channels/${roomId}/messages/all?userId=${entityId}`);
  assert.equal(body.deleted, 200);
  await bob.until('messageDeleted');
  assert.ok(most > 0 && most <= 40, `${most} in one turn of the program`);
});
