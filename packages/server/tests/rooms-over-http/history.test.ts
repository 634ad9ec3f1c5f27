/** The history over HTTP: pages by id, seq and time, forward and back, and nothing is missed or comes twice. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { openMessageLog } from '../../src/storage/journal/message-log.ts';
import { insertChannel } from '../../src/storage/rooms/channels.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

const channelId = crypto.randomUUID();
const serverId = '00000000-0000-0000-0000-000000000000';
const count = 3_000;
const began = Date.parse('2026-01-01T00:00:00.000Z');

/** Times of messages: bursts of one ms, pauses, and now and then one that has its number a ms before its time. */
const timeOf = (n: number) => began + Math.floor(n / 7) * 10 + (n % 11 === 0 ? 1 : 0) + (n > 2_000 ? 5_000 : 0);

async function openServer(t: TestContext) {
  const dir = join(makeDir(t), 'data');
  const database = await openSqlite(dir);
  await insertChannel(
    database.db,
    { id: channelId, server_id: serverId, name: 'Room', type: 'GROUP', created_at: 1 },
    [],
  );
  const log = openMessageLog(database);
  const sender = { senderId: crypto.randomUUID(), senderName: 'Ada', source: 'test', thought: null, inReplyTo: null };
  const rest = { channelId, serverId, actions: [], attachments: [], metadata: {}, clientMessageId: null };
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  await Promise.all(
    ids.map((id, n) =>
      log.write({ kind: 'post', message: { ...sender, ...rest, id, text: `message ${n + 1}`, createdAt: timeOf(n) } }),
    ),
  );
  // A hole, as a deletion leaves it.
  await log.write({ kind: 'deletion', channelId, messageId: ids[1_499] as string });
  await database.close();
  const { url } = await openTestServer(t, { ELIZAD_DATA: dir });
  return { url, ids, ...createRestClient(url) };
}

const params = { channelId };
const every = Array.from({ length: count }, (_, n) => n + 1).filter((seq) => seq !== 1_500);

describe('the history of a channel over HTTP', () => {
  it('is paged back by the ISO time of its oldest message, as the official client does, and none is missed', async (t) => {
    const { call } = await openServer(t);
    for (const limit of [3, 30, 200]) {
      const seen: number[] = [];
      let before: string | undefined;
      for (;;) {
        const query = { limit, ...(before !== undefined && { before }) };
        const { status, body } = await call('list-messages', { params, query });
        assert.equal(status, 200);
        const { messages, hasMore } = body.data;
        assert.ok(messages.length >= limit || !hasMore);
        seen.push(...messages.map(({ seq }) => seq));
        const oldest = Math.min(...messages.map(({ created_at }) => created_at));
        if (!hasMore) break;
        before = new Date(oldest).toISOString();
      }
      assert.deepEqual(seen.reverse(), every);
    }
  });

  it('is paged forward and back by seq, by id and by ms, with exact pages where the point is exact', async (t) => {
    const { call, ids } = await openServer(t);
    const list = async (query: Record<string, string | number>) => {
      const { body } = await call('list-messages', { params, query });
      return body.data.messages;
    };
    const seqs = async (query: Record<string, string | number>) => (await list(query)).map(({ seq }) => seq);
    assert.deepEqual(await seqs({ before: 1_502, limit: 3 }), [1_501, 1_499, 1_498]);
    assert.deepEqual(await seqs({ before: ids[1_501] as string, limit: 3 }), [1_501, 1_499, 1_498]);
    assert.deepEqual(await seqs({ after: ids[1_497] as string, limit: 3 }), [1_502, 1_501, 1_499]);
    assert.deepEqual(await seqs({ after: 10, before: 14, limit: 50 }), [13, 12, 11]);
    assert.deepEqual(await seqs({ after: count }), []);
    assert.deepEqual(await seqs({ before: 1 }), []);
    assert.equal((await list({ limit: 5_000, before: count + 1 })).length, 200, 'who asks for more gets the most');
    assert.equal((await list({ before: count + 1 })).length, 50);
    for (const spell of [String, (time: number) => new Date(time).toISOString()]) {
      const forward: number[] = [];
      for (let after = began - 1; ; ) {
        const page = await list({ after: spell(after), limit: 200 });
        if (page.length === 0) break;
        forward.push(...page.map(({ seq }) => seq).reverse());
        after = Math.max(...page.map(({ created_at }) => created_at));
      }
      assert.deepEqual(forward, every);
    }
  });

  it('has the fields of the field in one spelling, and the documented shape in the other', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const authorId = crypto.randomUUID();
    const metadata = { user_display_name: 'Ada', deep: { list: [1, null, 'x'] }, isAgent: true };
    const raw_message = { from: 'me', nested: [{ a: 1 }] };
    const body = {
      author_id: authorId,
      content: 'Hello',
      metadata,
      raw_message,
      messageId: 'mine-1',
      source_type: 'x',
    };
    const posted = await call('post-message', { params, body });
    assert.equal(posted.status, 201);
    const { body: listed } = await call('list-messages', { params });
    const [message] = listed.data.messages;
    assert.ok(message);
    assert.equal(message.id, posted.body.data.id);
    assert.deepEqual(message.rawMessage, raw_message);
    assert.deepEqual(
      [message.authorId, message.content, message.sourceType, message.sourceId, message.seq],
      [authorId, 'Hello', 'x', 'mine-1', 1],
    );
    assert.deepEqual(message.metadata.deep, metadata.deep);
    assert.deepEqual(
      [message.metadata.authorDisplayName, message.metadata.isAgent, message.metadata.serverId],
      ['Ada', false, serverId],
    );
    assert.equal(Date.parse(message.createdAt), message.created_at);
    const { body: central } = await call('list-central-messages', { params });
    const [documented] = central.data;
    assert.ok(documented);
    assert.deepEqual(
      [documented.text, documented.userId, documented.roomId, documented.createdAt],
      ['Hello', authorId, channelId, message.created_at],
    );
  });

  it('says what is wrong: a channel or message that is not there, a point that is none', async (t) => {
    const { call } = createRestClient((await openTestServer(t)).url);
    assert.equal((await call('list-messages', { params })).body.error?.code, 'channel-not-found');
    await call('post-message', { params, body: { content: 'Hello' } });
    const ask = async (query: Record<string, string>) => {
      const { status, body } = await call('list-messages', { params, query });
      return [status, body.error?.code, body.error?.issues?.[0]?.path];
    };
    assert.deepEqual(await ask({ before: crypto.randomUUID() }), [404, 'message-not-found', undefined]);
    assert.deepEqual(await ask({ before: 'yesterday' }), [400, 'invalid-payload', 'query.before']);
    assert.deepEqual(await ask({ after: '2026-13-01T00:00:00Z' }), [400, 'invalid-payload', 'query.after']);
    assert.deepEqual(await ask({ limit: '0' }), [400, 'invalid-payload', 'query.limit']);
    assert.deepEqual(await ask({ limit: 'many' }), [400, 'invalid-payload', 'query.limit']);
  });
});

describe('a search over HTTP', () => {
  it('finds words in one channel, and in those of the caller, with signs as they are', async (t) => {
    const { call } = createRestClient((await openTestServer(t)).url);
    const [ada, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const say = (content: string, author_id = ada, room = channelId) =>
      call('post-message', { params: { channelId: room }, body: { content, author_id } });
    for (const content of ['A red fox', '100% Fox', '100 foxes']) await say(content);
    await say('a fox elsewhere', other, crypto.randomUUID());
    const search = async (body: object, headers: Record<string, string> = {}) => {
      const { body: found } = await call('search-messages', { body, headers });
      return found.error?.code ?? found.data.messages.map(({ content }) => content);
    };
    assert.deepEqual(await search({ query: 'FOX', channelId }), ['100 foxes', '100% Fox', 'A red fox']);
    assert.deepEqual(await search({ query: '100%', channelId }), ['100% Fox']);
    assert.deepEqual(await search({ query: 'fox', limit: 2 }, { 'x-entity-id': ada }), ['100 foxes', '100% Fox']);
    assert.deepEqual(await search({ query: 'fox' }, { 'x-entity-id': other }), ['a fox elsewhere']);
    assert.deepEqual(await search({ query: 'fox', channelId, authorId: other }), []);
    assert.deepEqual(await search({ query: 'fox', channelId, to: '2020-01-01T00:00:00Z' }), []);
    assert.equal(await search({ query: 'fox', channelId: crypto.randomUUID() }), 'channel-not-found');
    assert.equal(await search({ query: ' ' }), 'invalid-payload');
  });
});

describe('one message over HTTP', () => {
  it('is read by its id, and changed by its sender or the holder of the key; the room hears it', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const ada = crypto.randomUUID();
    const { body } = await call('post-message', { params, body: { author_id: ada, content: 'Helo' } });
    const messageId = body.data.id;
    const client = openClient(t, url);
    await client.ask('join', { roomId: channelId });
    const edit = (change: object, headers: Record<string, string> = {}) =>
      call('edit-message', { params: { messageId }, body: change, headers });
    assert.equal(
      (await edit({ content: 'x' }, { 'x-entity-id': crypto.randomUUID() })).body.error?.code,
      'not-the-sender',
    );
    assert.equal((await edit({ content: 'Hello' }, { 'x-entity-id': ada })).body.data.content, 'Hello');
    const heard = await client.until('messageBroadcast', ({ text }) => text === 'Hello');
    assert.deepEqual([heard.id, heard.seq, typeof heard.updatedAt], [messageId, 1, 'number']);
    assert.equal((await edit({ metadata: { pinned: true } })).body.data.metadata.pinned, true);
    assert.equal((await call('get-message', { params: { messageId } })).body.data.content, 'Hello');
    assert.equal((await edit({})).status, 400);
    assert.equal((await edit({ content: 'x'.repeat(100_001) })).status, 413);
    await call('delete-message', { params: { channelId, messageId } });
    assert.equal((await edit({ content: 'again' })).status, 404);
    assert.equal((await call('get-message', { params: { messageId } })).status, 404);
  });
});
