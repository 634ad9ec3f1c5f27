/**
 * Resume without client code: `io(url)`, handlers, nothing else. Through kills under load, through cuts of the network, a
 * stock client in a room sees every message once, in order, and is told honestly when it could not be so.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findAgent, openClient, type Payload, type StockClient } from './support/stock-client.ts';
import { makeDir, openTestServer, spawnServer } from './support/test-server.ts';

const heardBy = (client: StockClient, roomId: string): Payload[] =>
  client.events
    .filter(({ event, payload }) => event === 'messageBroadcast' && payload.roomId === roomId)
    .map(({ payload }) => payload);

/** Cuts the connection as a network does: without a word, for the client to notice and to come back by itself. */
function cut({ socket }: StockClient): void {
  socket.io.engine.close();
}

/** Where a stock client is, as it sends it when it comes back. */
function readPlace({ socket }: StockClient): { pid: string; offset: string } {
  const { _pid: pid, _lastOffset: offset } = socket as unknown as { _pid: string; _lastOffset: string };
  return { pid, offset };
}

async function openPair(t: TestContext, options: object = {}, env: Record<string, string> = {}) {
  const { url } = await openTestServer(t, env);
  const [ada, bob] = [openClient(t, url, { reconnectionDelay: 20, ...options }), openClient(t, url)];
  const roomId = crypto.randomUUID();
  await ada.ask('join', { roomId });
  await bob.ask('join', { roomId });
  return { url, ada, bob, roomId };
}

for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
  test(`over ${transports}: what was said while a client was cut off comes when it is back, once, in order`, async (t) => {
    const { ada, bob, roomId } = await openPair(t, { transports });
    const total = 200;
    const said = (async () => {
      for (let n = 1; n <= total; n++) await bob.ask('message', { roomId, text: String(n) });
    })();
    for (const at of [20, 60, 100, 140]) {
      await ada.until('messageBroadcast', ({ seq }) => seq >= at);
      cut(ada);
      await ada.until('disconnect');
      const times = ada.events.filter(({ event }) => event === 'disconnect').length;
      await untilWelcomed(ada, times + 1);
    }
    await said;
    await ada.until('messageBroadcast', ({ seq }) => seq === total);
    assert.deepEqual(
      heardBy(ada, roomId).map(({ seq }) => seq),
      Array.from({ length: total }, (_, index) => index + 1),
    );
    const resumes = ada.events
      .filter(({ event }) => event === 'connection_established')
      .map(({ payload }) => payload.resumed);
    assert.deepEqual(resumes, [false, true, true, true, true]);
    assert.equal(ada.socket.recovered, true);
  });
}

const isWelcome = ({ event }: { event: string }): boolean => event === 'connection_established';

/** Not `connect`: the welcome is a packet of its own, and what another client is told may come between the two. */
const untilWelcomed = (client: StockClient, times: number): Promise<unknown> =>
  client.until('connection_established', () => client.events.filter(isWelcome).length >= times);

test('ten kills under load: two stock clients see every message once and in order, and are in their room', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  let server = await spawnServer(t, dataDir);
  const port = new URL(server.url).port;
  const options = { reconnectionDelay: 50, reconnectionDelayMax: 100 };
  const [ada, bob] = [openClient(t, server.url, options), openClient(t, server.url, options)];
  const roomId = crypto.randomUUID();
  await ada.ask('join', { roomId });
  await bob.ask('join', { roomId });
  const acked: string[] = [];
  let isOver = false;
  const sending = (async () => {
    for (let n = 0; !isOver; n++) {
      // A sender that hears no acknowledgement sends again; the server keeps it once.
      for (let done = false; !done; ) {
        const ack = await bob.socket
          .timeout(400)
          .emitWithAck('message', { roomId, text: `m${n}`, messageId: `m${n}` })
          .catch(() => undefined);
        done = ack?.ok === true;
      }
      acked.push(`m${n}`);
    }
  })();
  for (let kill = 1; kill <= 10; kill++) {
    const before = acked.length;
    await ada.until('messageBroadcast', ({ seq }) => seq >= before + 15);
    await server.end('SIGKILL');
    server = await spawnServer(t, dataDir, {}, ['--port', port]);
    await untilWelcomed(ada, kill + 1);
  }
  isOver = true;
  await sending;
  await ada.until('messageBroadcast', ({ text }) => text === acked.at(-1));
  await bob.until('messageBroadcast', ({ text }) => text === acked.at(-1));
  for (const client of [ada, bob]) {
    const heard = heardBy(client, roomId);
    assert.deepEqual(
      heard.map(({ seq }) => seq),
      heard.map((_, index) => index + 1),
      'once, in order, no gap',
    );
    assert.deepEqual(
      heard.map(({ text }) => text),
      acked,
    );
    const resumes = client.events
      .filter(({ event }) => event === 'connection_established')
      .map(({ payload }) => payload.resumed);
    assert.deepEqual(resumes, [false, ...Array(10).fill(true)]);
  }
});

test('an answer and its messageComplete that came while the client was away come when it is back', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  let server = await spawnServer(t, dataDir);
  const port = new URL(server.url).port;
  const ada = openClient(t, server.url, { reconnectionDelay: 50, autoConnect: true });
  const roomId = crypto.randomUUID();
  await ada.ask('join', { roomId, agentId: await findAgent(ada, 'Eliza') });
  const { messageId } = await ada.ask('message', { roomId, text: 'Hello.', messageId: 'mine' });
  await server.end('SIGKILL');
  server = await spawnServer(t, dataDir, {}, ['--port', port]);
  await ada.until('messageComplete', (done) => done.messageId === messageId);
  await ada.until('connection_established', ({ resumed }) => resumed);
  const heard = heardBy(ada, roomId);
  assert.deepEqual(
    heard.map(({ seq }) => seq),
    [1, 2],
  );
  assert.equal(heard[0].clientMessageId, 'mine');
  assert.equal(ada.events.filter(({ event }) => event === 'messageComplete').length, 1);
});

test('what was said before a client joined is not what it missed', async (t) => {
  const { url, bob } = await openPair(t);
  const ada = openClient(t, url, { reconnectionDelay: 20 });
  await ada.until('connection_established');
  const roomId = crypto.randomUUID();
  for (const text of ['one', 'two', 'three']) await bob.ask('message', { roomId, text });
  await ada.ask('join', { roomId });
  cut(ada);
  await ada.until('connection_established', ({ resumed }) => resumed);
  await bob.ask('message', { roomId, text: 'four' });
  await ada.until('messageBroadcast');
  assert.deepEqual(
    heardBy(ada, roomId).map(({ text }) => text),
    ['four'],
  );
});

test('too much missed: told so, not resumed; join with since fills in', async (t) => {
  const { url, ada, bob, roomId } = await openPair(t, { reconnection: false }, { MAX_BACKLOG_BYTES: '1000000' });
  await bob.ask('message', { roomId, text: 'first' });
  await ada.until('messageBroadcast');
  cut(ada);
  await ada.until('disconnect');
  // Not more at once than Bob, who hears it too, can have unread.
  for (let round = 0; round < 8; round++) {
    const texts = Array.from({ length: 150 }, (_, n) => `missed ${round}.${n} ${'x'.repeat(3_000)}`);
    await Promise.all(texts.map((text) => bob.ask('message', { roomId, text })));
  }
  ada.socket.connect();
  await untilWelcomed(ada, 2);
  assert.equal(ada.events.filter(({ event }) => event === 'connection_established').at(-1)?.payload.resumed, false);
  assert.equal(ada.socket.recovered, false);
  await ada.ask('join', { roomId, since: 1 });
  assert.deepEqual(
    heardBy(ada, roomId).map(({ seq }) => seq),
    Array.from({ length: 1201 }, (_, index) => index + 1),
  );
  assert.ok(url);
});

test('a pid that is not known, or an offset that is no place, begins anew', async (t) => {
  const { url } = await openTestServer(t);
  for (const auth of [
    { pid: 'nobody', offset: '0' },
    { pid: 'nobody', offset: "1' or 1=1" },
    { pid: 'x'.repeat(10_000), offset: '9'.repeat(100) },
  ]) {
    const client = openClient(t, url, { auth });
    assert.equal((await client.until('connection_established')).resumed, false);
  }
});

test('whoever left by its own will is forgotten; whoever comes back needs the key again', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'k' });
  const auth: Record<string, string> = { apiKey: 'k' };
  const client = openClient(t, url, { auth, reconnection: false });
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId });
  auth.apiKey = 'wrong';
  cut(client);
  await client.until('disconnect');
  client.socket.connect();
  assert.equal((await client.until('connect_error')).data.code, 'unauthorized');
  auth.apiKey = 'k';
  client.socket.connect();
  assert.equal((await client.until('connection_established', ({ resumed }) => resumed)).resumed, true);
  client.socket.disconnect();
  const watcher = openClient(t, url, { auth });
  await watcher.ask('join', { roomId });
  client.socket.connect();
  await untilWelcomed(client, 3);
  assert.equal(client.socket.recovered, false);
});

test('a log subscription and its filters come back too', async (t) => {
  const { ada, bob, roomId } = await openPair(t, {}, { LOG_LEVEL: 'debug' });
  await ada.ask('subscribe_logs');
  await ada.ask('update_log_filters', { level: 'debug' });
  cut(ada);
  await ada.until('connection_established', ({ resumed }) => resumed);
  assert.ok(!ada.events.some(({ payload }) => payload?.msg === 'disconnected'));
  await bob.ask('message', { roomId, text: 'Hello.' });
  bob.socket.disconnect();
  await ada.until('logEntry', ({ msg }) => msg === 'disconnected');
});

test('one client that is back several times at once is one socket, in its rooms', async (t) => {
  const { url, ada, bob, roomId } = await openPair(t, { reconnection: false });
  await bob.ask('message', { roomId, text: 'first' });
  await ada.until('messageBroadcast');
  const { pid, offset } = readPlace(ada);
  cut(ada);
  await ada.until('disconnect');
  // As when a client gives up a try that a busy server has not answered, and tries again.
  const tries = Array.from({ length: 8 }, () =>
    openClient(t, url, { auth: { pid, offset }, transports: ['websocket'], reconnection: false }),
  );
  await Promise.all(
    tries.map((one) =>
      Promise.race(['connection_established', 'connect_error', 'disconnect'].map((event) => one.until(event))),
    ),
  );
  await bob.ask('message', { roomId, text: 'second' });
  const heard = await Promise.any(tries.map((one) => one.until('messageBroadcast', ({ text }) => text === 'second')));
  assert.equal(heard.text, 'second');
  assert.equal(tries.filter(({ socket }) => socket.connected).length, 1);
});
