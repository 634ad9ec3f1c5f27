/** Turns that hang, or wait in their thousands, hold up nobody else's; and there is a bound to how many may wait. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openFakeProvider } from '../support/fake-provider.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

/** Four agents of a model that hangs, one of another model, and the built-in Eliza. */
async function openHouse(t: TestContext, env: Record<string, string> = {}) {
  const [hanging, quick] = [await openFakeProvider(), await openFakeProvider()];
  t.after(() => Promise.all([hanging.close(), quick.close()]));
  hanging.script(...Array.from({ length: 200 }, () => ({ kind: 'hang' }) as const));
  const dir = makeDir(t);
  const models = { Ann: 'openai/hangs', Ben: 'openai/hangs', Cai: 'openai/hangs', Dot: 'openai/hangs' };
  const characters = Object.entries({ ...models, Quinn: 'ollama/quick', Eliza: 'eliza' }).map(([name, model]) =>
    writeCharacter(dir, { name, bio: ['Calm.'], settings: { model, memory: false } }),
  );
  const { url } = await openTestServer(t, {
    OPENAI_BASE_URL: `${hanging.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    OLLAMA_BASE_URL: quick.url,
    ELIZAD_CHARACTERS: characters.join(','),
    TURN_CONCURRENCY: '8',
    ...env,
  });
  const client = openClient(t, url);
  const join = async (name: string) => {
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId, agentId: await findAgent(client, name) });
    return roomId;
  };
  const say = async (roomId: string, text = 'Hello'): Promise<string> =>
    (await client.ask('message', { roomId, text })).messageId;
  const endOf = async (messageId: string) => {
    const done = await client.until('messageComplete', (one) => one.messageId === messageId);
    return { outcome: done.outcome, code: done.turns[0]?.code, hint: done.turns[0]?.hint };
  };
  return { hanging, client, join, say, endOf, ...createRestClient(url) };
}

test('several agents of a model that hangs leave all places of other models to the others', async (t) => {
  const { hanging, join, say, endOf } = await openHouse(t);
  for (let round = 0; round < 6; round++) for (const name of ['Ann', 'Ben', 'Cai', 'Dot']) await say(await join(name));
  await hanging.arrived(8);
  for (const name of ['Quinn', 'Eliza']) {
    const asked = await Promise.all(Array.from({ length: 8 }, async () => say(await join(name))));
    for (const messageId of asked) assert.equal((await endOf(messageId)).outcome, 'answered');
  }
  assert.equal(hanging.requests.length, 8, 'and of the model that hangs there are not more than its places');
});

test('programs that lead a conversation with a model that hangs leave room for those with another', async (t) => {
  const { hanging, call } = await openHouse(t, { TURN_CONCURRENCY: '1' });
  const ask = (model: string, n: number) =>
    call('create-chat-completion', {
      body: { model, messages: [{ role: 'user', content: 'Hello' }], n, response_format: { type: 'json_object' } },
    });
  // They hang until the server stops.
  for (let asked = 0; asked < 12; asked++) void ask('Ann', 8).catch(() => {});
  await hanging.arrived(1);
  const refused = await ask('Ben', 8);
  assert.equal(refused.status, 429, JSON.stringify(refused.body));
  const { status, body } = await ask('Quinn', 2);
  assert.equal(status, 200, JSON.stringify(body));
});

test('an agent that is given another model does not wait behind the one that hangs', async (t) => {
  const { hanging, client, call, join, say, endOf } = await openHouse(t, { TURN_CONCURRENCY: '1' });
  await say(await join('Ann'));
  await hanging.arrived(1);
  const [first, second] = [await join('Ben'), await join('Ben')];
  const waiting = await say(first);
  const params = { agentId: await findAgent(client, 'Ben') };
  const { status, body } = await call('update-agent', { params, body: { settings: { model: 'ollama/quick' } } });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal((await endOf(await say(second))).outcome, 'answered');
  assert.equal((await endOf(waiting)).outcome, 'answered');
});

test('a room with as many open turns as it may have: what is said is stored, and its turn ends with why', async (t) => {
  const { hanging, join, say, endOf, client } = await openHouse(t, { MAX_ROOM_TURNS: '3' });
  const roomId = await join('Ann');
  const waiting = [await say(roomId), await say(roomId), await say(roomId)];
  const refused = await endOf(await say(roomId, 'One too many'));
  assert.deepEqual([refused.outcome, refused.code], ['failed', 'too-many-turns']);
  assert.match(refused.hint, /with a new messageId/);
  await client.until('messageBroadcast', ({ text, seq }) => text === 'One too many' && seq === 4);
  assert.equal((await endOf(await say(await join('Eliza')))).outcome, 'answered', 'another room has its own');
  await client.ask('cancel', { roomId });
  for (const messageId of waiting) assert.equal((await endOf(messageId)).outcome, 'cancelled');
  await say(roomId);
  await hanging.arrived(2);
});

test('as many open turns in all as there may be: the next one ends with why, until there is room again', async (t) => {
  const { join, say, endOf, client } = await openHouse(t, { MAX_OPEN_TURNS: '3' });
  const rooms = [await join('Ann'), await join('Ben'), await join('Ann')];
  for (const roomId of rooms) await say(roomId);
  const eliza = await join('Eliza');
  assert.equal((await endOf(await say(eliza))).code, 'too-many-turns');
  await client.ask('cancel', { roomId: rooms[0] });
  for (const end = Date.now() + 5_000; ; ) {
    const { outcome } = await endOf(await say(eliza));
    if (outcome === 'answered') break;
    assert.ok(Date.now() < end, 'there is no room again within 5 s');
  }
});
