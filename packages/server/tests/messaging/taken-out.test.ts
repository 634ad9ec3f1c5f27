/**
 * Who is taken out of a room hears nothing from that place of the log on: live, when the socket comes back, over a kill of
 * the server, and on streams. What was said before still comes.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openAgentsServer } from '../support/agents-server.ts';
import { openEventReader } from '../support/event-reader.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient, type StockClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer } from '../support/test-server.ts';

const people = () => ({ ada: crypto.randomUUID(), bob: crypto.randomUUID(), roomId: crypto.randomUUID() });
type People = ReturnType<typeof people>;

const enter = async (t: TestContext, url: string, entityId: string, roomId: string): Promise<StockClient> => {
  const client = openClient(t, url, { auth: { entityId }, reconnection: false });
  await client.ask('join', { roomId });
  return client;
};

/** Everything that a client has heard of a room: the texts, and who left. */
const heardIn = ({ events }: StockClient, roomId: string): string[] =>
  events.flatMap(({ event, payload }) => {
    if (payload?.roomId !== roomId) return [];
    if (event === 'messageBroadcast') return [payload.text as string];
    return event === 'userLeft' ? [`left ${payload.userId}`] : event === 'channelUpdated' ? ['updated'] : [];
  });

/** What a client asks for now is answered after everything that was sent to it before. */
const settle = (client: StockClient) => client.ask('join', { roomId: crypto.randomUUID() });

const takeOut = (url: string, { roomId, ada }: People) =>
  createRestClient(url).call('update-channel', { params: { channelId: roomId }, body: { participants: [ada] } });

/** Drops the connection as a network does; `back` comes back as a stock client does, with its `pid` and `offset`. */
async function drop({ socket, until }: StockClient): Promise<void> {
  socket.io.engine.close();
  await until('disconnect');
}
async function back({ socket, events, until }: StockClient, url?: string): Promise<boolean> {
  if (url) Object.assign(socket.io, { uri: url });
  const before = events.length;
  socket.connect();
  await until('connection_established', (payload) => events.findIndex((one) => one.payload === payload) >= before);
  return socket.recovered;
}

describe('who is taken out of a room', () => {
  it('is told so on every socket, as the last thing from there; the others hear on', async (t) => {
    const { url } = await openTestServer(t);
    const them = people();
    const { roomId, ada, bob } = them;
    const [one, other, third] = [
      await enter(t, url, ada, roomId),
      await enter(t, url, bob, roomId),
      await enter(t, url, bob, roomId),
    ];
    await one.ask('message', { roomId, text: 'before' });
    const [removal] = await Promise.all([takeOut(url, them), one.ask('message', { roomId, text: 'meanwhile' })]);
    assert.equal(removal.status, 200);
    await one.ask('message', { roomId, text: 'after' });
    await createRestClient(url).call('post-message', { params: { channelId: roomId }, body: { content: 'over HTTP' } });
    for (const socket of [other, third]) {
      await settle(socket);
      const heard = heardIn(socket, roomId).filter((text) => text !== 'meanwhile');
      assert.deepEqual(heard, ['before', `left ${bob}`]);
      assert.equal(heardIn(socket, roomId).at(-1), `left ${bob}`);
    }
    assert.deepEqual(heardIn(one, roomId).slice(-2), ['after', 'over HTTP']);
    // Its own act brings it back, and only the socket that does it.
    await other.ask('join', { roomId });
    await one.ask('message', { roomId, text: 'again' });
    await settle(third);
    assert.equal(heardIn(other, roomId).at(-1), 'again');
    assert.equal(heardIn(third, roomId).at(-1), `left ${bob}`);
  });

  for (const isKilled of [false, true])
    it(`while it was away${isKilled ? ', and the server was killed' : ''}: what was said before comes, then nothing`, async (t) => {
      const dataDir = join(makeDir(t), 'data');
      let { url, ...server } = isKilled
        ? await spawnServer(t, dataDir)
        : { ...(await openTestServer(t)), end: async (_signal: string) => null };
      const them = people();
      const { roomId, ada, bob } = them;
      const other = crypto.randomUUID();
      const away = await enter(t, url, bob, roomId);
      await away.ask('join', { roomId: other });
      let here = await enter(t, url, ada, roomId);
      await here.ask('message', { roomId, text: 'heard' });
      await away.until('messageBroadcast');
      await drop(away);
      await here.ask('message', { roomId, text: 'before' });
      await takeOut(url, them);
      await here.ask('message', { roomId, text: 'after' });
      if (isKilled) {
        await server.end('SIGKILL');
        ({ url, ...server } = await spawnServer(t, dataDir));
        here = await enter(t, url, ada, roomId);
      }
      await here.ask('message', { roomId, text: 'later' });
      // Another device of the same person is in again: that is not this one's doing.
      const phone = await enter(t, url, bob, roomId);
      await here.ask('message', { roomId, text: 'to the phone' });
      assert.equal(await back(away, url), true);
      await here.ask('message', { roomId, text: 'live' });
      await here.ask('message', { roomId: other, text: 'elsewhere' });
      await away.until('messageBroadcast', ({ text }) => text === 'elsewhere');
      await settle(away);
      assert.deepEqual(heardIn(away, roomId), ['heard', 'before', `left ${bob}`]);
      await settle(phone);
      assert.equal(heardIn(phone, roomId).at(-1), 'live');
      // It is out for good, not only for this return.
      await drop(away);
      await here.ask('message', { roomId, text: 'much later' });
      assert.equal(await back(away), true);
      await settle(away);
      assert.equal(heardIn(away, roomId).at(-1), `left ${bob}`);
    });

  it('does not hear how a message was changed afterwards', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const them = people();
    const { roomId, ada, bob } = them;
    const [away, here] = [await enter(t, url, bob, roomId), await enter(t, url, ada, roomId)];
    await here.ask('message', { roomId, text: 'heard' });
    const { id: messageId } = await away.until('messageBroadcast');
    await drop(away);
    const { messageId: missed } = await here.ask('message', { roomId, text: 'draft' });
    await here.ask('message', { roomId, text: 'whole' });
    await takeOut(url, them);
    for (const id of [messageId, missed])
      await call('edit-message', { params: { messageId: id }, body: { content: 'secret' } });
    const headers = { 'x-entity-id': bob };
    const events = `${url}/api/messaging/channels/${roomId}/events`;
    const stream = await openEventReader(t, `${events}?since=0`, { headers });
    await stream.until('error');
    await stream.ended;
    const texts = stream.events.flatMap(({ event, data }) => (event === 'messageBroadcast' ? [data.text] : []));
    assert.deepEqual(texts, ['whole']);
    assert.equal(await back(away), true);
    await settle(away);
    assert.deepEqual(heardIn(away, roomId), ['heard', 'whole', `left ${bob}`]);
  });

  it('has a stream that ends with the reason, and cannot be opened again from there on', async (t) => {
    const { url } = await openTestServer(t);
    const them = people();
    const { roomId, ada, bob } = them;
    const here = await enter(t, url, ada, roomId);
    await enter(t, url, bob, roomId);
    const events = `${url}/api/messaging/channels/${roomId}/events`;
    const headers = { 'x-entity-id': bob };
    const [stream, others] = [
      await openEventReader(t, events, { headers }),
      await openEventReader(t, events, { headers: { 'x-entity-id': ada } }),
    ];
    await here.ask('message', { roomId, text: 'before' });
    await takeOut(url, them);
    await here.ask('message', { roomId, text: 'after' });
    await stream.until('error');
    await stream.ended;
    assert.deepEqual(
      stream.events.map(({ event, data }) => [event, data.text ?? data.userId ?? data.details?.code]).slice(-4),
      [
        ['messageComplete', undefined],
        ['userLeft', bob],
        ['error', 'removed-from-room'],
        ['messageError', undefined],
      ],
    );
    await others.until('messageBroadcast', ({ text }) => text === 'after');
    const ask = async (more: Record<string, string> = {}) => {
      const { status, body } = await fetch(events, { headers: { ...headers, ...more } });
      await body?.cancel();
      return status;
    };
    assert.deepEqual([await ask(), await ask({ 'last-event-id': others.lastId() ?? '' })], [403, 403]);
    const again = await openEventReader(t, `${events}?since=0`, { headers });
    await again.until('error');
    await again.ended;
    assert.ok(!again.events.some(({ data }) => data.text === 'after'));
    assert.equal(again.events.find(({ event }) => event === 'error')?.data.details.code, 'removed-from-room');
    assert.equal(await ask({ 'last-event-id': again.lastId() ?? '' }), 403);
    await enter(t, url, bob, roomId);
    assert.equal(await ask(), 200);
  });

  it('does not go on waiting for an answer there', async (t) => {
    const { provider, open } = await openAgentsServer(t);
    const { url, call, find } = open();
    const them = people();
    const { roomId, bob } = them;
    const client = openClient(t, url, { auth: { entityId: them.ada } });
    await client.ask('join', { roomId, agentId: (await find('Cleo')).id });
    provider.script(
      ...Array.from({ length: 3 }, () => ({ kind: 'answer', text: 'One two.', chunks: 2, held: true }) as const),
    );
    const params = { channelId: roomId };
    const post = (more: object) =>
      fetch(`${url}/api/messaging/channels/${roomId}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ author_id: bob, content: 'Well?', ...more }),
      });
    const waiting = post({ mode: 'http' });
    await provider.arrived();
    const streamed = await post({ mode: 'sse' });
    const participants = [them.ada, (await find('Cleo')).id];
    assert.equal((await call('update-channel', { params, body: { participants } })).status, 200);
    const refused = await waiting;
    const { error } = (await refused.json()) as { error: { code: string } };
    assert.deepEqual([refused.status, error.code], [403, 'removed-from-room']);
    assert.match(
      (await streamed.text()).split('\n\n').at(-2) ?? '',
      /^id: .*\nevent: error\ndata: .*removed-from-room/,
    );
    provider.release(4);
  });

  it('who left by another device is not in the room either when the first one comes back', async (t) => {
    const { url } = await openTestServer(t);
    const { roomId, ada, bob } = people();
    const [away, here] = [await enter(t, url, bob, roomId), await enter(t, url, ada, roomId)];
    await drop(away);
    const phone = await enter(t, url, bob, roomId);
    await phone.ask('leave', { roomId });
    await here.ask('message', { roomId, text: 'among us' });
    assert.equal(await back(away), true);
    await settle(away);
    assert.deepEqual(heardIn(away, roomId), [`left ${bob}`]);
  });
});
