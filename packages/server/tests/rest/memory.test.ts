/** What agents remember, over HTTP: looked through, put right and forgotten, so that prompts and rooms follow. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openAgentsServer, openTalk } from '../support/agents-server.ts';
import { openFakeEmbeddings } from '../support/fake-embeddings.ts';

const settings = { model: 'openai/test', secrets: { OPENAI_API_KEY: 'k' } };

/** A room in which the agent has learned two facts, with embeddings of them. */
async function openLearned(t: TestContext) {
  const embeddings = await openFakeEmbeddings(t);
  const env = { EMBEDDING_MODEL: 'ollama/test', OLLAMA_BASE_URL: embeddings.url };
  const server = await openAgentsServer(t, env, { settings, knowledge: ['Trains leave at noon.'] });
  const { provider } = server;
  const { call, find, url } = server.open();
  const { id: agentId } = await find('Cleo');
  const talk = await openTalk(t, url, agentId);
  const texts = ['Vera lives in Porto', 'Vera likes beer'];
  const facts = texts.map((text, index) => ({ message: 2 * index + 1, text }));
  const ok = { kind: 'answer', text: 'ok' } as const;
  provider.script(ok, ok, ok, ok, { kind: 'answer', text: JSON.stringify({ facts }) });
  for (let n = 1; n <= 4; n++) await talk.say(`Something about Vera, ${n}`);
  const params = { agentId };
  const listFacts = async (query: Record<string, string | number | boolean> = {}) =>
    (await call('list-memories', { params, query: { tableName: 'facts', ...query } })).body.data.memories;
  /** The facts, once they fit. */
  const untilFacts = async (fits: (facts: Awaited<ReturnType<typeof listFacts>>) => boolean) => {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const found = await listFacts({ includeEmbedding: true });
      if (fits(found)) return found;
      assert.ok(Date.now() < deadline, JSON.stringify(found));
      await wait(30);
    }
  };
  await untilFacts((found) => found.length === 2 && found.every(({ embedding }) => embedding));
  /** What the model is told when it is asked something. */
  const promptOf = async (question: string) => {
    await talk.say(question);
    return JSON.stringify(provider.requests.find(({ body }) => JSON.stringify(body).includes(question))?.body);
  };
  return { ...server, call, url, agentId, params, talk, listFacts, untilFacts, promptOf };
}

describe('memories over HTTP', () => {
  it('pages through what was said in the rooms of an agent, newest first', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find, url } = open();
    const { id: agentId } = await find('Cleo');
    const one = await openTalk(t, url, agentId);
    const other = await openTalk(t, url, agentId);
    for (const text of ['a', 'b']) {
      await one.say(`${text}1`);
      await other.say(`${text}2`);
    }
    const list = async (query: Record<string, string | number> = {}) => {
      const { body } = await call('list-memories', { params: { agentId }, query });
      return body.data.memories;
    };
    const all = await list();
    assert.deepEqual(
      all.map(({ content, entityId }) => (entityId === agentId ? 'Cleo' : content.text)),
      ['Cleo', 'b2', 'Cleo', 'b1', 'Cleo', 'a2', 'Cleo', 'a1'],
    );
    const ids = all.map(({ id }) => id);
    const pages = [await list({ limit: 3 })];
    while ((pages.at(-1)?.length ?? 0) === 3)
      pages.push(await list({ limit: 3, before: pages.at(-1)?.at(-1)?.id ?? '' }));
    assert.deepEqual(
      pages.flat().map(({ id }) => id),
      ids,
    );
    const time = all[2]?.createdAt ?? 0;
    const before = all.filter(({ createdAt }) => createdAt < time).map(({ id }) => id);
    assert.deepEqual(
      (await list({ before: time })).map(({ id }) => id),
      before,
    );
    assert.deepEqual(
      (await list({ before: new Date(time).toISOString() })).map(({ id }) => id),
      before,
    );
    assert.equal((await list({ channelId: one.roomId })).length, 4);
    const ofRoom = async (query: Record<string, string | number>, spelling = 0) =>
      (await call('list-room-memories', { params: { agentId, roomId: one.roomId }, query, spelling })).body.data
        .memories;
    const room = await ofRoom({ count: 2 }, 1);
    assert.deepEqual(
      room.map(({ roomId }) => roomId),
      [one.roomId, one.roomId],
    );
    const [last] = room;
    assert.deepEqual((await ofRoom({ start: last?.createdAt ?? 0, end: last?.createdAt ?? 0 })).at(0)?.id, last?.id);
    const nowhere = await call('list-room-memories', { params: { agentId, roomId: crypto.randomUUID() } });
    assert.deepEqual([nowhere.status, nowhere.body.error?.code], [404, 'channel-not-found']);
    const wrong = await call('list-memories', { params: { agentId }, query: { tableName: 'rows', limit: 1000 } });
    assert.deepEqual(
      wrong.body.error?.issues?.map(({ path }) => path),
      ['query.tableName', 'query.limit'],
    );
  });

  it('edits a fact: it is told, found and embedded as it is now', async (t) => {
    const { call, agentId, listFacts, untilFacts, promptOf } = await openLearned(t);
    assert.equal(
      (await listFacts()).every(({ embedding }) => embedding === undefined),
      true,
    );
    const [beer, porto] = await untilFacts(() => true);
    assert.deepEqual(beer?.embedding?.map(Math.round), [1, 0, 0]);
    const edit = (memoryId: string, text: string) =>
      call('update-memory', { params: { agentId, memoryId }, body: { content: { text } } });
    const { status, body } = await edit(beer?.id ?? '', 'Vera likes tea');
    assert.deepEqual([status, body.data.id], [200, beer?.id]);
    const [tea] = await untilFacts(
      ([first]) => first?.embedding?.[1] === 1 || Math.round(first?.embedding?.[1] ?? 0) === 1,
    );
    assert.equal(tea?.content.text, 'Vera likes tea');
    const prompt = await promptOf('What does Vera drink?');
    assert.match(prompt, /Vera likes tea/);
    assert.doesNotMatch(prompt, /Vera likes beer/);
    assert.equal((await edit(porto?.id ?? '', 'vera LIKES tea!')).body.error?.code, 'memory-exists');
    assert.equal((await edit(porto?.id ?? '', 'x'.repeat(2_001))).status, 413);
    assert.equal((await edit(porto?.id ?? '', ' ')).status, 400);
    assert.equal((await edit(crypto.randomUUID(), 'x')).status, 404);
  });

  it('forgets one fact, those of a room, or all, and does not learn them again; messages and documents stay', async (t) => {
    const { call, agentId, params, talk, listFacts, promptOf } = await openLearned(t);
    const [beer] = await listFacts();
    const one = { agentId, memoryId: beer?.id ?? '' };
    assert.equal((await call('delete-memory', { params: one })).status, 200);
    assert.equal((await call('delete-memory', { params: one })).status, 404);
    assert.deepEqual(
      (await listFacts()).map(({ content }) => content.text),
      ['Vera lives in Porto'],
    );
    const room = { agentId, roomId: talk.roomId };
    assert.equal((await call('clear-room-memories', { params: room, spelling: 1 })).status, 204);
    assert.deepEqual(await listFacts(), []);
    assert.doesNotMatch(await promptOf('Where does Vera live?'), /Porto|beer/);
    assert.equal((await call('clear-memories', { params })).body.data.deleted, 0);
    assert.equal((await call('list-room-memories', { params: room })).body.data.memories.length, 10);
    const { body } = await call('list-memories', { params, query: { tableName: 'documents' } });
    const [document] = body.data.memories;
    assert.equal(document?.content.text, 'Trains leave at noon.');
    const fixed = await call('delete-memory', { params: { agentId, memoryId: document?.id ?? '' } });
    assert.deepEqual([fixed.status, fixed.body.error?.code], [409, 'memory-fixed']);
  });

  it('edits and deletes a message as a memory, and everybody in the room sees it', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find, url } = open();
    const { id: agentId } = await find('Cleo');
    const { client, roomId, say } = await openTalk(t, url, agentId);
    const { messageId } = await say('Helo');
    const params = { agentId, memoryId: messageId };
    const body = { content: { text: 'Hello' }, metadata: { mended: true } };
    assert.equal((await call('update-memory', { params, body })).status, 200);
    const seen = await client.until('messageBroadcast', ({ id, text }) => id === messageId && text === 'Hello');
    assert.deepEqual(seen.metadata, { mended: true });
    const { body: listed } = await call('list-memories', { params: { agentId, roomId } });
    const answer = listed.data.memories.find(({ entityId }) => entityId === agentId);
    // As the official page asks: in the name of its user, who said neither.
    const headers = { 'x-entity-id': crypto.randomUUID() };
    const asStranger = await call('delete-memory', { params, headers });
    assert.deepEqual([asStranger.status, asStranger.body.error?.code], [403, 'not-the-sender']);
    assert.equal((await call('update-memory', { params, headers, body })).status, 403);
    const ofAgent = { agentId, memoryId: answer?.id ?? '' };
    assert.equal((await call('delete-memory', { params: ofAgent, headers })).status, 200);
    await client.until('messageDeleted', (gone) => gone.messageId === answer?.id);
    assert.equal((await call('delete-memory', { params })).status, 200);
    await client.until('messageDeleted', (gone) => gone.messageId === messageId);
    const elsewhere = crypto.randomUUID();
    const { messageId: foreign } = await client.ask('message', { roomId: elsewhere, text: 'No agent here' });
    assert.equal((await call('delete-memory', { params: { agentId, memoryId: foreign } })).status, 404);
    assert.equal((await call('update-memory', { params: { agentId, memoryId: foreign }, body: {} })).status, 400);
  });
});
