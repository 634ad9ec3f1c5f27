/** A room that is emptied or deleted over HTTP: for those in it, for what is being answered, for who was away, after a restart. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openFakeProvider } from '../support/fake-provider.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient, type Payload, type StockClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer, writeCharacter } from '../support/test-server.ts';

const kinds = [
  { verb: 'cleared', event: 'channelCleared', rows: ['clear-channel', 'clear-central-channel'] },
  { verb: 'deleted', event: 'channelDeleted', rows: ['delete-channel', 'delete-central-channel'] },
] as const;

const textsOf = (client: StockClient): string[] =>
  client.events.filter(({ event }) => event === 'messageBroadcast').map(({ payload }) => payload.text);

const toldOf = (client: StockClient, ...names: string[]) =>
  client.events
    .filter(({ event }) => names.includes(event))
    .map(({ event, payload }) => (payload?.messageId ? [event, payload.messageId, payload.outcome] : [event]));

/** Away until `back`: it would else be there again in the middle of it. */
async function leave(client: StockClient): Promise<void> {
  client.socket.io.reconnection(false);
  client.socket.io.engine.close();
  await client.until('disconnect');
}

async function comeBack(client: StockClient): Promise<void> {
  const before = client.events.filter(({ event }) => event === 'connection_established').length;
  client.socket.connect();
  await client.until(
    'connection_established',
    () => client.events.filter(({ event }) => event === 'connection_established').length > before,
  );
}

async function openRoom(t: TestContext) {
  const { url } = await openTestServer(t);
  const entityId = crypto.randomUUID();
  const ada = openClient(t, url, { auth: { entityId }, reconnectionDelay: 20 });
  const bob = openClient(t, url, { auth: { entityId: crypto.randomUUID() } });
  const roomId = crypto.randomUUID();
  await ada.ask('join', { roomId });
  await bob.ask('join', { roomId });
  return { url, ...createRestClient(url), roomId, params: { channelId: roomId }, entityId, ada, bob };
}

for (const { verb, event, rows } of kinds) {
  describe(`a room that is ${verb}`, () => {
    it('is told of it once, in both spellings, and goes on counting', async (t) => {
      const { url, call, roomId, params, entityId, ada, bob } = await openRoom(t);
      const headers = { 'x-entity-id': entityId };
      for (const [round, row] of rows.entries()) {
        if (round > 0 && verb === 'deleted') for (const client of [ada, bob]) await client.ask('join', { roomId });
        for (const text of ['one', 'two']) await ada.ask('message', { roomId, text });
        const { status, body } = await call(row, { params, headers });
        if (round === 0) assert.deepEqual([status, body], [204, '']);
        else assert.deepEqual(body, { success: true, ...(verb === 'cleared' && { deleted: 2 }) });
        for (const client of [ada, bob]) await client.until(event, () => toldOf(client, event).length === round + 1);
      }
      assert.deepEqual(ada.events.find((one) => one.event === event)?.payload, { channelId: roomId, roomId });
      assert.equal((await ada.ask('message', { roomId, text: 'five' })).seq, 5);
      const carl = openClient(t, url);
      await carl.ask('join', { roomId, since: 0 });
      assert.deepEqual(textsOf(carl), ['five']);
    });

    it('ends what is being answered first, as cancelled, and nothing comes of it later', async (t) => {
      const provider = await openFakeProvider();
      t.after(() => provider.close());
      const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: 'Calm.', settings: { model: 'openai/m' } });
      const { url } = await openTestServer(t, {
        OPENAI_BASE_URL: `${provider.url}/v1`,
        OPENAI_API_KEY: 'k',
        ELIZAD_CHARACTERS: character,
      });
      const { call } = createRestClient(url);
      const ada = openClient(t, url);
      const agentId = await findAgent(ada, 'Cleo');
      const roomId = crypto.randomUUID();
      const params = { channelId: roomId };
      for (const how of ['hang', 'half', 'queued'] as const) {
        await ada.ask('join', { roomId, agentId });
        const from = ada.events.length;
        provider.script(
          how === 'hang' ? { kind: 'hang' } : { kind: 'break', how: 'hang', after: 2, text: 'one two three four five' },
        );
        const ids = [(await ada.ask('message', { roomId, text: how })).messageId];
        if (how === 'queued') ids.push((await ada.ask('message', { roomId, text: 'behind it' })).messageId);
        if (how !== 'hang')
          await ada.until('messageStreamChunk', () =>
            ada.events.slice(from).some((one) => one.event === 'messageStreamChunk'),
          );
        await call(rows[1], { params });
        await ada.until(event, () => ada.events.slice(from).some((one) => one.event === event));
        const told = ada.events.slice(from).filter((one) => ['messageComplete', event].includes(one.event));
        assert.deepEqual(
          told.map(({ event: name, payload }) => [name, payload.messageId, payload.outcome]).sort(),
          [...ids.map((id) => ['messageComplete', id, 'cancelled']), [event, undefined, undefined]].sort(),
        );
        assert.equal(told.at(-1)?.event, event);
        assert.equal(ada.events.at(-1)?.event, event, 'nothing comes after it');
      }
      // It is a room like any other afterwards.
      await ada.ask('join', { roomId, agentId });
      provider.script({ kind: 'answer', text: 'Here.' });
      await ada.ask('message', { roomId, text: 'There?' });
      await ada.until('messageBroadcast', ({ text }) => text === 'Here.');
      ada.socket.emit('request-world-state', { roomId });
      const { messages } = await ada.until('world-state', (state) => state.roomId === roomId);
      assert.deepEqual(
        Object.values<{ text: string }>(messages).map(({ text }) => text),
        ['There?', 'Here.'],
      );
    });

    it('is told to who was away, after the ends of what it had asked, and before what came since', async (t) => {
      const { call, roomId, params, ada, bob } = await openRoom(t);
      const { messageId: heard } = await ada.ask('message', { roomId, text: 'heard' });
      await ada.until('messageComplete', (done) => done.messageId === heard);
      await leave(ada);
      const { messageId: missed } = await bob.ask('message', { roomId, text: 'missed' });
      await bob.until('messageComplete', (done) => done.messageId === missed);
      await call(rows[0], { params });
      await bob.until(event);
      await bob.ask('message', { roomId, text: 'since' });
      const from = ada.events.length;
      await comeBack(ada);
      assert.equal(ada.socket.recovered, true);
      await ada.until(event);
      // A deleted room is another one afterwards: who was in the old one does not hear it.
      const dave = await ada.ask('join', { roomId: crypto.randomUUID() });
      assert.equal(dave.ok, true);
      if (verb === 'cleared') await ada.until('messageBroadcast', ({ text }) => text === 'since');
      const told = ada.events
        .slice(from)
        .filter(({ event: name }) => ['messageComplete', 'messageBroadcast', 'messageDeleted', event].includes(name))
        .map(({ event: name, payload }) => [name, payload.text ?? payload.messageId]);
      const since = ['messageBroadcast', 'since'];
      assert.deepEqual(told.slice(0, 2), [
        ['messageComplete', missed],
        [event, undefined],
      ]);
      assert.deepEqual(verb === 'cleared' ? told[2] : told.length, verb === 'cleared' ? since : 2);
      // And once is enough.
      await leave(ada);
      const again = ada.events.length;
      await comeBack(ada);
      assert.equal(ada.socket.recovered, true);
      await bob.ask('message', { roomId, text: 'later' });
      await bob.until('messageBroadcast', ({ text }) => text === 'later');
      if (verb === 'cleared') await ada.until('messageBroadcast', ({ text }) => text === 'later');
      else await ada.ask('join', { roomId: crypto.randomUUID() });
      const rest = ada.events.slice(again).map(({ event: name, payload }) => [name, payload?.text]);
      assert.equal(
        rest.some(([name]) => name === event),
        false,
      );
      assert.equal(
        rest.some(([, text]) => text === 'later'),
        verb === 'cleared',
      );
    });

    it('holds over a kill, and so does what was said after it', async (t) => {
      const dataDir = join(makeDir(t), 'data');
      let server = await spawnServer(t, dataDir);
      const { port } = new URL(server.url);
      const roomId = crypto.randomUUID();
      const ada = openClient(t, server.url, { reconnectionDelay: 20 });
      await ada.ask('join', { roomId });
      for (const text of ['1', '2', '3']) await ada.ask('message', { roomId, text, messageId: text });
      await createRestClient(server.url).call(rows[1], { params: { channelId: roomId } });
      await ada.until(event);
      if (verb === 'deleted') await ada.ask('join', { roomId });
      await ada.ask('message', { roomId, text: '4', messageId: '4' });
      await server.end('SIGKILL');
      server = await spawnServer(t, dataDir, {}, ['--port', port]);
      await ada.until('connection_established', () => toldOf(ada, 'connect').length === 2);
      assert.equal((await ada.ask('message', { roomId, text: '4', messageId: '4' })).seq, 4, 'a retry is found');
      assert.equal((await ada.ask('message', { roomId, text: '1', messageId: '1' })).seq, 5, 'and what is gone is not');
      const bob = openClient(t, server.url);
      await bob.ask('join', { roomId, since: 0 });
      assert.deepEqual(textsOf(bob), ['4', '1']);
      assert.equal(toldOf(ada, event).length, 1);
    });
  });
}

describe('who was in a room that was deleted', () => {
  it('does not hear the one that is made under its id, connected or away', async (t) => {
    const { url, call, roomId, params, ada, bob } = await openRoom(t);
    await call('delete-channel', { params });
    for (const client of [ada, bob]) await client.until('channelDeleted');
    // What is written down of it says that it is still in there.
    await leave(ada);
    const carl = openClient(t, url);
    await carl.ask('join', { roomId });
    await carl.ask('message', { roomId, text: 'between us' });
    await comeBack(ada);
    assert.equal(ada.socket.recovered, true);
    await carl.ask('message', { roomId, text: 'still between us' });
    await carl.until('messageBroadcast', ({ text }) => text === 'still between us');
    for (const client of [ada, bob]) {
      await client.ask('request-world-state', {});
      assert.deepEqual(textsOf(client), []);
      assert.equal(toldOf(client, 'channelDeleted').length, 1);
      // Who enters the new one is in that.
      await client.ask('join', { roomId });
    }
    await carl.ask('message', { roomId, text: 'for all' });
    for (const client of [ada, bob]) {
      await client.until('messageBroadcast');
      assert.deepEqual(textsOf(client), ['for all']);
    }
  });

  it('and comes back while it is deleted, is not in it', async (t) => {
    const { call, roomId, params, ada, bob } = await openRoom(t);
    for (let round = 0; round < 10; round++) {
      const before = ada.events.length;
      ada.socket.io.engine.close();
      await call('delete-channel', { params });
      await ada.until('channelDeleted', () => toldOf(ada, 'channelDeleted').length === round + 1);
      await bob.ask('join', { roomId });
      await bob.ask('message', { roomId, text: `new ${round}` });
      await ada.until('connection_established', () =>
        ada.events.slice(before).some(({ event }) => event === 'connection_established'),
      );
      await ada.ask('request-world-state', {});
      assert.equal(textsOf(ada).includes(`new ${round}`), false);
      await ada.ask('join', { roomId });
    }
  });
});

describe('who enters a room while it is deleted', () => {
  it('is in the one that was deleted, and hears of it, or in a new one with whom they invited', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const ada = openClient(t, url);
    const agentId = await findAgent(ada, 'Eliza');
    for (let round = 0; round < 40; round++) {
      const roomId = crypto.randomUUID();
      const params = { channelId: roomId };
      await ada.ask('join', { roomId });
      const erased = call('delete-central-channel', { params });
      const joins: Promise<Payload>[] = [];
      // One after the other, so that some come just before, and some just after.
      for (let n = 0; n < 4 + round; n++) {
        joins.push(ada.ask('join', { roomId, agentId }));
        await new Promise(setImmediate);
      }
      for (const ack of await Promise.all(joins)) assert.equal(ack.ok, true, JSON.stringify(ack));
      assert.equal((await erased).status, 200);
      await ada.until('channelDeleted', (one) => one.roomId === roomId);
      const last = ada.events.findLast(
        ({ event, payload }) => ['channelDeleted', 'channel_joined'].includes(event) && payload.roomId === roomId,
      );
      const { status, body } = await call('list-channel-agents', { params });
      if (last?.event === 'channelDeleted') assert.equal(status, 404);
      else assert.deepEqual([status, body.data?.agents], [200, [agentId]]);
    }
  });
});

describe('a stream of a room that is deleted', () => {
  it('ends with that, live and for who comes back to it', async (t) => {
    const { url, call, roomId, params, ada } = await openRoom(t);
    const address = `${url}/api/messaging/channels/${roomId}/events`;
    await ada.ask('message', { roomId, text: 'one' });
    const live = await fetch(`${address}?since=0`);
    await call('delete-channel', { params });
    const heard = await live.text();
    assert.match(heard, /event: messageBroadcast\n[\s\S]*event: channelDeleted\ndata: .*\n\n$/);
    assert.equal((await fetch(address)).status, 404);
    await ada.ask('join', { roomId });
    await ada.ask('message', { roomId, text: 'anew' });
    const [, place] = /id: (\S+)\n/.exec(heard) ?? [];
    const back = await (await fetch(`${address}?since=${place}`)).text();
    assert.match(back, /event: channelDeleted\n/);
    assert.doesNotMatch(back, /anew/);
  });
});
