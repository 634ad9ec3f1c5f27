/** Slow readers and floods: bounded memory for each socket, a reason, and a way back. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { countLargeTexts } from '../support/large-texts.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient, type Payload, type StockClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, type ServerProcess, spawnServer } from '../support/test-server.ts';

/** The TCP socket under a stock client's WebSocket. */
const tcpOf = ({ socket }: StockClient) => (socket.io.engine.transport as unknown as Payload).ws._socket;

/** Resolves when the server has printed something. */
function printed({ process: { stdout, stderr }, output }: ServerProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`it did not say "${words}" but:\n${output()}`)), 60_000);
    const look = () => {
      if (!output().includes(words)) return;
      clearTimeout(deadline);
      resolve();
    };
    for (const stream of [stdout, stderr]) stream?.on('data', look);
    look();
  });
}

const seqsOf = (client: StockClient): number[] =>
  client.events.filter(({ event }) => event === 'messageBroadcast').map(({ payload }) => payload.seq);

async function openRoom(t: TestContext) {
  const server = await spawnServer(t, join(makeDir(t), 'data'));
  const roomId = crypto.randomUUID();
  const options = { transports: ['websocket'], reconnectionDelay: 20 };
  const [slow, quick, sender] = [options, options, options].map((each) => openClient(t, server.url, each)) as [
    StockClient,
    StockClient,
    StockClient,
  ];
  for (const client of [slow, quick, sender]) await client.ask('join', { roomId });
  const say = async (until: Promise<void>) => {
    let isOver = false;
    void until.then(() => (isOver = true));
    let count = 0;
    for (; !isOver; count++) await sender.ask('message', { roomId, text: 'x'.repeat(50_000) });
    return count;
  };
  return { server, slow, quick, say };
}

test('a reader that stops reading is cut off with a reason, the others go on, and it has everything when it is back', async (t) => {
  const { server, slow, quick, say } = await openRoom(t);
  const disconnected = new Promise<Payload>((resolve) => slow.socket.on('disconnect', (...args) => resolve(args)));
  tcpOf(slow).pause();
  const count = await say(printed(server, 'that reads too slowly'));
  tcpOf(slow).resume();
  const [reason, { context }] = await disconnected;
  assert.deepEqual([reason, context.code, context.reason], ['transport close', 3002, 'reader-too-slow']);
  await slow.until('connection_established', ({ resumed }) => resumed);
  assert.equal((await slow.until('error')).details.code, 'reader-too-slow');
  const all = Array.from({ length: count }, (_, index) => index + 1);
  for (const client of [slow, quick]) {
    await client.until('messageBroadcast', ({ seq }) => seq === count);
    assert.deepEqual(seqsOf(client), all);
  }
});

test('a join that replays megabytes to a reader that is slow, but reads, does not cut it off', async (t) => {
  const { url } = await openTestServer(t, { MAX_BACKLOG_BYTES: '1000000' });
  const sender = openClient(t, url);
  const roomId = crypto.randomUUID();
  const count = 200;
  for (let n = 0; n < count; n++) await sender.ask('message', { roomId, text: 'x'.repeat(50_000) });
  const reader = openClient(t, url, { transports: ['websocket'], reconnection: false });
  await reader.until('connection_established');
  const tcp = tcpOf(reader);
  // A hand's breadth at a time.
  tcp.on('data', () => {
    tcp.pause();
    setImmediate(() => tcp.resume());
  });
  await reader.ask('join', { roomId, since: 0 });
  assert.deepEqual(
    seqsOf(reader),
    Array.from({ length: count }, (_, index) => index + 1),
  );
});

test('a join that replays what is heavy beside its words goes on only as it is read', async (t) => {
  const { url } = await openTestServer(t, { MAX_BACKLOG_BYTES: '1000000' });
  const sender = openClient(t, url);
  const roomId = crypto.randomUUID();
  const metadata = { beside: 'x'.repeat(900_000) };
  for (let n = 0; n < 30; n++) await sender.ask('message', { roomId, text: '.', metadata });
  const reader = openClient(t, url, { transports: ['websocket'], reconnection: false });
  const { entityId } = await reader.until('connection_established');
  await sender.ask('join', { roomId });
  tcpOf(reader).pause();
  const joined = reader.ask('join', { roomId, since: 0 });
  // It hears the room live once everything before is written.
  const hasEntered = async () => {
    const { body } = await createRestClient(url).call('list-central-channel-participants', {
      params: { channelId: roomId },
    });
    return body.data.find(({ id }) => id === entityId)?.isOnline;
  };
  for (let n = 0; n < 20; n++) await sender.ask('message', { roomId: crypto.randomUUID(), text: '.' });
  assert.equal(await hasEntered(), false, 'all of it was written though nothing was read');
  tcpOf(reader).resume();
  await joined;
  assert.equal(await hasEntered(), true);
  assert.equal(seqsOf(reader).length, 30);
});

test('many who have much replayed at once: others are served between any two pieces', async (t) => {
  const { url } = await openTestServer(t);
  const sender = openClient(t, url);
  const roomId = crypto.randomUUID();
  for (let n = 0; n < 5; n++)
    await sender.ask('message', { roomId, text: '.', metadata: { beside: 'x'.repeat(400_000) } });
  const readers = Array.from({ length: 30 }, () => openClient(t, url, { transports: ['websocket'] }));
  for (const reader of readers) await reader.until('connection_established');
  const count = countLargeTexts(t, 400_000);
  await Promise.all(readers.map((reader) => reader.ask('join', { roomId, since: 0 })));
  const most = count.mostInOneTurn();
  assert.ok(most > 0 && most < 10, `${most} large texts in one turn of the program`);
});

test('many who come back to much at once: others are served between any two pieces', async (t) => {
  const { url } = await openTestServer(t);
  const sender = openClient(t, url);
  const roomId = crypto.randomUUID();
  const options = { transports: ['websocket'], reconnection: false };
  const readers = Array.from({ length: 30 }, () => openClient(t, url, options));
  for (const reader of readers) {
    await reader.ask('join', { roomId });
    reader.socket.io.engine.close();
  }
  for (let n = 0; n < 5; n++)
    await sender.ask('message', { roomId, text: '.', metadata: { beside: 'x'.repeat(400_000) } });
  const count = countLargeTexts(t, 400_000);
  for (const { socket } of readers) socket.connect();
  for (const reader of readers) await reader.until('messageBroadcast', ({ seq }) => seq === 5);
  const most = count.mostInOneTurn();
  // Written once for all who come back together, and looked at for its weight; not once for each of them.
  assert.ok(
    count.inAll() < (readers.length * 5) / 2,
    `${count.inAll()} large texts for ${readers.length} who are back`,
  );
  for (const reader of readers) {
    assert.equal(reader.socket.recovered, true);
    assert.deepEqual(seqsOf(reader), [1, 2, 3, 4, 5]);
  }
  assert.ok(most > 0 && most < 10, `${most} large texts in one turn of the program`);
});

test('who comes back, and does not read what it missed: it waits in the server, and what is said meanwhile comes behind it', async (t) => {
  const { url } = await openTestServer(t, { MAX_BACKLOG_BYTES: '1000000' });
  const sender = openClient(t, url);
  const roomId = crypto.randomUUID();
  const reader = openClient(t, url, { transports: ['websocket'], reconnection: false });
  await reader.ask('join', { roomId });
  reader.socket.io.engine.close();
  const say = async (count: number, letters: number) => {
    for (let n = 0; n < count; n++)
      await sender.ask('message', { roomId, text: '.', metadata: { beside: 'x'.repeat(letters) } });
  };
  await say(30, 100_000);
  reader.socket.connect();
  await reader.until('connection_established', ({ resumed }) => resumed);
  tcpOf(reader).pause();
  await say(20, 10);
  tcpOf(reader).resume();
  const answered = reader.ask('message', { roomId, text: 'last' });
  assert.equal((await answered).seq, 51);
  assert.deepEqual(
    seqsOf(reader),
    Array.from({ length: 51 }, (_, index) => index + 1),
  );
});

test('readers that read nothing, of whom each is within its limit, are cut off where they are too many', async (t) => {
  // What may wait for all together is a part of its heap.
  const server = await spawnServer(t, join(makeDir(t), 'data'), {
    MAX_BACKLOG_BYTES: '1000000',
    NODE_OPTIONS: '--max-old-space-size=96',
  });
  const sender = openClient(t, server.url);
  const roomId = crypto.randomUUID();
  for (let n = 0; n < 8; n++)
    await sender.ask('message', { roomId, text: '.', metadata: { beside: 'x'.repeat(900_000) } });
  const readers = Array.from({ length: 34 }, () =>
    openClient(t, server.url, { transports: ['websocket'], reconnection: false }),
  );
  for (const reader of readers) await reader.until('connection_established');
  for (const reader of readers) {
    tcpOf(reader).pause();
    reader.socket.emit('join', { roomId, since: 0 });
  }
  await printed(server, 'that reads too slowly');
  assert.equal((await sender.ask('message', { roomId, text: 'to who reads' })).ok, true);
});

test('more sends in a second than allowed are refused, with the time to wait; the rest is served', async (t) => {
  const { url } = await openTestServer(t, { MAX_SENDS_PER_SECOND: '20' });
  const client = openClient(t, url);
  assert.equal((await client.until('connection_established')).limits.maxSendsPerSecond, 20);
  const roomId = crypto.randomUUID();
  const acks = await Promise.all(
    Array.from({ length: 50 }, (_, n) => client.ask('message', { roomId, text: `${n}`, messageId: `m${n}` })),
  );
  const refused = acks.filter(({ ok }) => !ok);
  assert.ok(refused.length >= 10, `${refused.length} refused`);
  for (const { details } of refused) {
    assert.equal(details.code, 'too-many-sends');
    assert.ok(details.retryAfterMs > 0 && details.retryAfterMs <= 1_000);
  }
  const [{ details }] = refused;
  await new Promise((resolve) => setTimeout(resolve, details.retryAfterMs));
  assert.equal((await client.ask('message', { roomId, text: 'again', messageId: details.clientMessageId })).ok, true);
});

test('a flood over one connection is served in order, and another one is served meanwhile', async (t) => {
  const { url } = await openTestServer(t, { MAX_SENDS_PER_SECOND: '1000000' });
  const [flood, other] = [openClient(t, url, { transports: ['websocket'] }), openClient(t, url)];
  const roomId = crypto.randomUUID();
  await flood.ask('join', { roomId });
  await other.until('connection_established');
  const total = 1_500;
  for (let n = 1; n <= total; n++) flood.socket.emit('message', { roomId, text: `${n}` });
  const { seq } = await other.ask('message', { roomId, text: 'me too' });
  assert.ok(seq < total / 2, `served after ${seq} of ${total}`);
  await flood.until('messageBroadcast', ({ text }) => text === `${total}`);
  const texts = flood.events.filter(({ event }) => event === 'messageBroadcast').map(({ payload }) => payload.text);
  assert.deepEqual(
    texts.filter((text) => text !== 'me too'),
    Array.from({ length: total }, (_, index) => `${index + 1}`),
  );
});

test('a flood of what waits for no disk is served piece by piece: others are served in between', async (t) => {
  const { url } = await openTestServer(t, { MAX_BACKLOG_BYTES: '100000000' });
  const flood = openClient(t, url, { transports: ['websocket'] });
  const roomId = crypto.randomUUID();
  for (let n = 0; n < 10; n++) await flood.ask('message', { roomId, text: 'x'.repeat(40_000) });
  const count = countLargeTexts(t, 400_000);
  const asked = Array.from({ length: 100 }, () => flood.ask('request-world-state', { roomId, limit: 200 }));
  await Promise.all(asked);
  const most = count.mostInOneTurn();
  assert.ok(most > 0 && most < 50, `${most} large texts in one turn of the program`);
});

test('a world-state of large messages holds the newest that fit', async (t) => {
  const { url } = await openTestServer(t);
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  for (let n = 1; n <= 25; n++) await client.ask('message', { roomId, text: 'x'.repeat(100_000) });
  await client.ask('request-world-state', { roomId });
  const { messages, seq } = await client.until('world-state');
  const seqs = Object.values<Payload>(messages).map((message) => message.seq);
  assert.deepEqual([seq, seqs], [25, [22, 23, 24, 25]], 'half a megabyte at a time');
});
