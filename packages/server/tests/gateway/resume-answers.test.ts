/** Answers under way: who comes back to one, or enters its room, has every piece of it once, in order. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { type Behaviour, type FakeProvider, openFakeProvider } from '../support/fake-provider.ts';
import { findAgent, openClient, type Payload, type StockClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer, writeCharacter } from '../support/test-server.ts';

const text = 'one two three four five';
const answer: Behaviour = { kind: 'answer', text, chunks: 5, held: true };

async function openProvider(t: TestContext, ...behaviours: Behaviour[]) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  provider.script(...behaviours);
  const env = {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'key',
    ELIZAD_CHARACTERS: writeCharacter(makeDir(t), {
      name: 'Cleo',
      bio: ['Calm.'],
      settings: { model: 'openai/test-model' },
    }),
  };
  return { provider, env };
}

async function openRoom(t: TestContext, ...behaviours: Behaviour[]) {
  const { provider, env } = await openProvider(t, ...behaviours);
  const { url } = await openTestServer(t, { ...env, MAX_BACKLOG_BYTES: '32000000' });
  const ada = openClient(t, url, { reconnectionDelay: 20 });
  const roomId = crypto.randomUUID();
  await ada.ask('join', { roomId, agentId: await findAgent(ada, 'Cleo') });
  return { provider, url, ada, roomId };
}

const chunksOf = (client: StockClient): Payload[] =>
  client.events.filter(({ event }) => event === 'messageStreamChunk').map(({ payload }) => payload);
const textOf = (client: StockClient): string =>
  chunksOf(client)
    .map(({ chunk }) => chunk)
    .join('');

/** Lets the model say its pieces up to one, each in a step of its own: those of one step would come as one. */
async function sayUpTo(provider: FakeProvider, { events, until }: StockClient, last: number): Promise<void> {
  const heard = events.filter(({ event }) => event === 'messageStreamChunk').length;
  for (let index = heard; index <= last; index++) {
    provider.release();
    await until('messageStreamChunk', (chunk) => chunk.index === index);
  }
}

/** Cuts the connection, lets `meanwhile` happen, and resolves when the client is back by itself. */
async function cutDuring({ socket, events, until }: StockClient, meanwhile: () => Promise<void>): Promise<void> {
  const connects = () => events.filter(({ event }) => event === 'connection_established').length;
  const before = connects();
  socket.io.reconnectionDelay(400);
  socket.io.engine.close();
  await meanwhile();
  await until('connection_established', () => connects() > before);
}

for (const cutAfter of [1, 3, 5]) {
  test(`cut off after ${cutAfter} of five pieces: the rest comes, none twice, then the whole answer`, async (t) => {
    const { provider, url, ada, roomId } = await openRoom(t, answer);
    const bob = openClient(t, url);
    await bob.ask('join', { roomId });
    await ada.ask('message', { roomId, text: 'Count.' });
    await sayUpTo(provider, bob, cutAfter - 1);
    await ada.until('messageStreamChunk', ({ index }) => index === cutAfter - 1);
    await cutDuring(ada, () => sayUpTo(provider, bob, Math.min(cutAfter + 1, 4)));
    assert.equal(ada.socket.recovered, true);
    await sayUpTo(provider, bob, 4);
    provider.release();
    const done = await ada.until('messageComplete');
    assert.equal(done.outcome, 'answered');
    assert.deepEqual(
      chunksOf(ada).map(({ index }) => index),
      [0, 1, 2, 3, 4],
    );
    assert.equal(textOf(ada), text);
    assert.equal(textOf(bob), text);
  });
}

test('who was away when an answer ended has the whole message and no pieces of it', async (t) => {
  const { provider, url, ada, roomId } = await openRoom(t, answer);
  const bob = openClient(t, url);
  await bob.ask('join', { roomId });
  await ada.ask('message', { roomId, text: 'Count.' });
  await sayUpTo(provider, ada, 1);
  await cutDuring(ada, async () => {
    provider.release(6);
    await bob.until('messageComplete');
  });
  await ada.until('messageComplete');
  assert.equal((await ada.until('messageBroadcast', ({ source }) => source === 'agent_response')).text, text);
  assert.equal(chunksOf(ada).length, 2);
});

test('who enters the room in the middle of an answer hears it from its beginning, and a second join repeats nothing', async (t) => {
  const { provider, url, ada, roomId } = await openRoom(t, answer);
  await ada.ask('message', { roomId, text: 'Count.' });
  await sayUpTo(provider, ada, 2);
  const bob = openClient(t, url);
  await bob.ask('join', { roomId, since: 0 });
  assert.deepEqual(
    chunksOf(bob).map(({ index, chunk }) => [index, chunk]),
    [[0, textOf(ada)]],
  );
  await bob.ask('join', { roomId });
  provider.release(3);
  await bob.until('messageComplete');
  assert.equal(textOf(bob), text);
  assert.equal(textOf(ada), text);
});

test('an answer that a kill interrupted begins anew, at index 0', async (t) => {
  const { provider, env } = await openProvider(t, answer, { kind: 'answer', text: 'six seven', chunks: 2, held: true });
  const dataDir = join(makeDir(t), 'data');
  let server = await spawnServer(t, dataDir, env);
  const ada = openClient(t, server.url, { reconnectionDelay: 50 });
  const roomId = crypto.randomUUID();
  await ada.ask('join', { roomId, agentId: await findAgent(ada, 'Cleo') });
  await ada.ask('message', { roomId, text: 'Count.' });
  await sayUpTo(provider, ada, 1);
  await server.end('SIGKILL');
  server = await spawnServer(t, dataDir, env, ['--port', new URL(server.url).port]);
  await ada.until('connection_established', ({ resumed }) => resumed);
  // Enough for what the first answer still waits for too.
  provider.release(8);
  await ada.until('messageComplete');
  const chunks = chunksOf(ada);
  assert.deepEqual(new Set(chunks.map(({ messageId }) => messageId)).size, 1);
  // Both pieces of the second answer may have been said in one step.
  assert.deepEqual(
    chunks.map(({ index }) => index),
    [0, 1, 0, 1].slice(0, chunks.length),
  );
  assert.equal(textOf(ada), 'one two thsix seven');
});

test('who is behind gets the pieces of an answer as one, in its place, and can come back behind it', async (t) => {
  const { provider, url, ada, roomId } = await openRoom(t, answer);
  const slow = await openPolling(url);
  await slow.send(`42["join",${JSON.stringify({ roomId })}]`);
  await slow.poll();
  await ada.ask('message', { roomId, text: 'Count.' });
  await sayUpTo(provider, ada, 2);
  await ada.ask('message', { roomId, text: 'Meanwhile.' });
  await sayUpTo(provider, ada, 4);
  const heard = await slow.poll();
  const told = heard.flatMap(([event, payload]) => {
    if (event === 'messageStreamChunk') return [`${payload.index} ${payload.chunk}`];
    return event === 'messageBroadcast' ? [payload.text] : [];
  });
  assert.deepEqual(told, ['Count.', '0 one two three f', 'Meanwhile.', '3 our five']);
  const marks = heard.flatMap(([event], index) => {
    const [after, offset] = heard[index + 1] ?? [];
    return event === 'messageStreamChunk' && after === 'offset' ? [String(offset).split('.')[2]] : [];
  });
  assert.deepEqual(marks, ['3', '5']);
  provider.release(6);
  await ada.until('messageComplete');
});

test('over a WebSocket that is full too', async (t) => {
  const { provider, url, ada, roomId } = await openRoom(t, answer);
  const bob = openClient(t, url, { transports: ['websocket'] });
  await bob.ask('join', { roomId });
  await ada.ask('message', { roomId, text: 'Count.' });
  await bob.until('messageBroadcast', (message) => message.text === 'Count.');
  const { _socket: tcp } = (bob.socket.io.engine.transport as unknown as { ws: { _socket: Duplex } }).ws;
  tcp.pause();
  // More than the network holds, less than is too much.
  const metadata = { padding: 'x'.repeat(900_000) };
  for (let n = 0; n < 15; n++) await ada.ask('message', { roomId, text: 'large', metadata });
  await sayUpTo(provider, ada, 4);
  tcp.resume();
  await bob.until('messageStreamChunk', () => textOf(bob) === text);
  assert.equal(chunksOf(bob).length, 1);
  provider.release(6);
  await bob.until('messageComplete');
});

/** A client that asks for what waits for it only when it is told to. */
async function openPolling(url: string) {
  const address = `${url}/socket.io/?EIO=4&transport=polling`;
  const open = await (await fetch(address)).text();
  const { sid } = JSON.parse(open.slice(1));
  const send = (packet: string) => fetch(`${address}&sid=${sid}`, { method: 'POST', body: packet });
  const poll = async (): Promise<[string, Payload, unknown][]> => {
    const packets = (await (await fetch(`${address}&sid=${sid}`)).text()).split('\x1e');
    return packets.filter((packet) => packet.startsWith('42')).map((packet) => JSON.parse(packet.slice(2)));
  };
  await send('40');
  await poll();
  return { send, poll };
}
