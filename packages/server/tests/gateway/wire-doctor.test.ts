/** The wire doctor: what real clients do wrong is said in a sentence, a good one hears nothing, and no text is kept. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { App } from '../../src/app/app.ts';
import { createFacts } from '../../src/gateway/wire-doctor/facts.ts';
import { listFindings } from '../../src/gateway/wire-doctor/findings.ts';
import { findAgent, openClient, type Payload, type StockClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const websocket = { transports: ['websocket'] };
const secret = 'The treasure is under the old oak.';

async function listSockets({ url }: App, headers: Record<string, string> = {}): Promise<Payload> {
  const response = await fetch(`${url}/api/server/sockets`, { headers });
  assert.equal(response.status, 200);
  return ((await response.json()) as Payload).data;
}

/** What is found of a client, by id. */
async function findingsOf(app: App, { socket }: StockClient): Promise<Record<string, Payload>> {
  const { sockets } = await listSockets(app);
  const view = sockets.find(({ socketId }: Payload) => socketId === socket.id);
  assert.ok(view, 'the socket is listed');
  return Object.fromEntries(view.findings.map((finding: Payload) => [finding.id, finding]));
}

async function connect(t: TestContext, app: App, auth: object = { entityId: crypto.randomUUID() }) {
  const client = openClient(t, app.url, { ...websocket, auth });
  await client.until('connection_established');
  return client;
}

describe('the wire doctor', () => {
  it('finds nothing wrong with a good client, in either dialect', async (t) => {
    const app = await openTestServer(t);
    const entityId = crypto.randomUUID();
    const good = await connect(t, app, { entityId });
    const agentId = await findAgent(good, 'Eliza');
    const roomId = crypto.randomUUID();
    await good.ask('join', { roomId, agentId });
    await good.ask('message', { roomId, text: 'Hello.', messageId: 'one' });
    await good.until('messageComplete');
    await good.ask('message', {
      type: 2,
      payload: { channelId: roomId, senderId: entityId, message: 'And again.', messageId: 'two' },
    });
    assert.deepEqual(await findingsOf(app, good), {});
    const { sockets, total } = await listSockets(app);
    assert.equal(total, 1);
    assert.deepEqual(sockets[0].dialects, ['documented', 'envelope']);
    assert.deepEqual(sockets[0].rooms, [roomId]);
    assert.equal(sockets[0].transport, 'websocket');
    assert.equal(sockets[0].sent.message, 2);
  });

  it('names the event that was meant, and the one that only the server sends', async (t) => {
    const app = await openTestServer(t);
    const client = await connect(t, app);
    await client.ask('mesage', { text: secret });
    const { 'unknown-event': unknown } = await findingsOf(app, client);
    assert.equal(unknown.severity, 'fault');
    assert.match(unknown.sentence, /`mesage`/);
    assert.equal(unknown.hint, 'Did you mean `message`?');
    await client.ask('messageBroadcast', { text: secret });
    const { 'server-event': server } = await findingsOf(app, client);
    assert.match(server.sentence, /`messageBroadcast`, which only the server sends/);
    assert.match((await client.ask('offset', '1')).details.hint, /^offset comes from the server/);
    await client.ask('messageBroadcast');
    await client.ask('foo');
    const found = await findingsOf(app, client);
    assert.deepEqual(found['server-event'], server);
    assert.match(found['unknown-event'].sentence, /`foo`/);
  });

  it('names the field that was refused, and any other refusal', async (t) => {
    const app = await openTestServer(t);
    const client = await connect(t, app);
    await client.ask('message', { roomId: 'lobby', text: secret });
    await client.ask('typing', { roomId: crypto.randomUUID(), isTyping: true });
    const found = await findingsOf(app, client);
    assert.match(found['refused-payload'].sentence, /once: `roomId` of `message`/);
    assert.match(found['refused-otherwise'].sentence, /`channel-not-found`/);
  });

  it('says who never joined, sends without a sender or a receipt, and where no agent is', async (t) => {
    const app = await openTestServer(t);
    const client = await connect(t, app, {});
    const roomId = crypto.randomUUID();
    const payload = { channelId: roomId, message: secret, metadata: { isDm: true } };
    client.socket.emit('message', { type: 2, payload });
    await client.until('messageAck');
    const found = await findingsOf(app, client);
    assert.deepEqual(Object.keys(found), ['never-joined', 'no-sender', 'no-receipt', 'no-agent']);
    assert.ok(found['never-joined'].sentence.includes(roomId));
    assert.match(found['no-sender'].hint, /assigned an id/);
    assert.ok(found['no-agent'].sentence.includes(roomId));
  });

  it('says who is in a room of an agent, which everybody shares who does the same', async (t) => {
    const app = await openTestServer(t);
    const client = await connect(t, app);
    const agentId = await findAgent(client, 'Eliza');
    await client.ask('join', { roomId: agentId });
    const found = await findingsOf(app, client);
    assert.ok(found['room-of-an-agent'].sentence.includes(agentId));
  });

  it('doubts that a client hears answers which says the same again after one', async (t) => {
    const app = await openTestServer(t);
    const client = await connect(t, app);
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId, agentId: await findAgent(client, 'Eliza') });
    await client.ask('message', { roomId, text: secret, messageId: 'one' });
    await client.until('messageComplete');
    assert.deepEqual(await findingsOf(app, client), {});
    await client.ask('message', { roomId, text: secret, messageId: 'two' });
    const { repeats } = await findingsOf(app, client);
    assert.match(repeats.hint, /cannot see which events.*`messageBroadcast`/);
  });

  it('says who sends too fast and who connects again and again', async (t) => {
    const app = await openTestServer(t, { MAX_SENDS_PER_SECOND: '2' });
    const auth = { entityId: crypto.randomUUID() };
    for (let time = 0; time < 5; time++) (await connect(t, app, auth)).socket.close();
    const client = await connect(t, app, auth);
    await Promise.all([1, 2, 3, 4].map(() => client.ask('request-world-state', {})));
    const found = await findingsOf(app, client);
    assert.match(found['too-fast'].sentence, /twice|2 times|once/);
    assert.match(found.reconnects.sentence, /6 times within a minute/);
  });

  it('keeps clients that are too old to connect, by either transport, and tells them so', async (t) => {
    const app = await openTestServer(t);
    const headers = { 'user-agent': 'socketIO-client/0.7' };
    const answer = await fetch(`${app.url}/socket.io/?EIO=3&transport=polling`, { headers });
    assert.equal(answer.status, 400);
    const { code, message } = (await answer.json()) as { code: number; message: string };
    assert.equal(code, 5);
    assert.match(message, /EIO=4/);
    const [refused] = (await listSockets(app)).refused;
    assert.deepEqual([refused.code, refused.userAgent], ['old-client', headers['user-agent']]);
    assert.match(refused.sentence, /Socket\.IO 2/);
  });

  it('keeps connections that were refused, without the key', async (t) => {
    const app = await openTestServer(t, { ELIZAD_API_KEY: 'right-key-of-sixteen' });
    const client = openClient(t, app.url, { ...websocket, auth: { apiKey: 'wrong-key' } });
    await client.until('connect_error');
    assert.equal((await fetch(`${app.url}/api/server/sockets`)).status, 401);
    const list = await listSockets(app, { 'X-API-KEY': 'right-key-of-sixteen' });
    assert.equal(list.refused[0].code, 'unauthorized');
    assert.match(list.refused[0].sentence, /wrong key/);
    assert.ok(!JSON.stringify(list).includes('wrong-key'));
  });

  it('shows what one socket sends and gets to who watches it, and never the text', async (t) => {
    const app = await openTestServer(t);
    const watcher = await connect(t, app);
    const client = await connect(t, app);
    const other = await connect(t, app);
    assert.deepEqual(await watcher.ask('subscribe_wire', { socketId: client.socket.id }), {
      ok: true,
      subscribed: true,
    });
    const roomId = crypto.randomUUID();
    await other.ask('join', { roomId });
    await client.ask('join', { roomId });
    await client.ask('message', { roomId, text: secret, messageId: 'one' });
    await client.ask('mesage', { text: secret });
    const until = (name: string) =>
      watcher.until('wireEvent', ({ events }) => events.some(({ event }: Payload) => event === name));
    await until('mesage');
    await until('error');
    const records = watcher.events
      .filter(({ event }) => event === 'wireEvent')
      .flatMap(({ payload }) => payload.events);
    assert.deepEqual([...new Set(records.map(({ socketId }) => socketId))], [client.socket.id]);
    const find = (name: string) => records.find(({ event }) => event === name);
    const { direction, intent, dialect, ack } = find('message');
    assert.deepEqual(
      { direction, intent, dialect, ack },
      {
        direction: 'in',
        intent: 'send-message',
        dialect: 'documented',
        ack: 'ok',
      },
    );
    assert.equal(find('mesage').code, 'unknown-event');
    assert.equal(find('messageBroadcast').direction, 'out');
    assert.equal(find('messageBroadcast').roomId, roomId);
    assert.ok(find('messageBroadcast').bytes > secret.length);
    assert.ok(!JSON.stringify([records, await listSockets(app)]).includes('treasure'));
  });

  it('keeps events only while somebody watches, and shows those of before to who watches next', async (t) => {
    const app = await openTestServer(t);
    const client = await connect(t, app);
    const first = await connect(t, app);
    const second = await connect(t, app);
    const hears = ({ socket: { id } }: StockClient) => ({ socketId: id });
    await client.ask('request-world-state', {});
    await first.ask('subscribe_wire', {});
    await client.ask('join', { roomId: crypto.randomUUID() });
    await second.ask('subscribe_wire', hears(client));
    const { events } = await second.until('wireEvent');
    const names = events.map(({ event }: Payload) => event);
    assert.ok(names.includes('join') && !names.includes('request-world-state'), names.join());
    assert.deepEqual(await second.ask('unsubscribe_wire'), { ok: true, subscribed: false });
    await first.ask('unsubscribe_wire');
    const count = second.events.length;
    await client.ask('join', { roomId: crypto.randomUUID() });
    await second.ask('request-world-state', {});
    assert.ok(!second.events.slice(count).some(({ event }) => event === 'wireEvent'));
    await second.ask('subscribe_wire', hears(client));
    await client.ask('leave', { roomId: crypto.randomUUID() });
    const fresh = await second.until('wireEvent', (batch) =>
      batch.events.some(({ event }: Payload) => event === 'leave'),
    );
    assert.ok(!fresh.events.some(({ event }: Payload) => event === 'join'));
  });

  it('lets no more than twenty watch at one time', async (t) => {
    const app = await openTestServer(t);
    const watchers = await Promise.all(Array.from({ length: 21 }, () => connect(t, app)));
    const answers = await Promise.all(watchers.map((watcher) => watcher.ask('subscribe_wire', {})));
    assert.deepEqual(
      answers.filter(({ ok }) => !ok).map(({ details }) => details.code),
      ['too-many-watchers'],
    );
  });

  it('says after a while who only polls, and who never joined a room', () => {
    const find = (now: number, isInRoom = false) =>
      listFindings({
        facts: createFacts(0, []),
        now,
        transport: 'polling',
        isAssigned: false,
        connectsPerMinute: 1,
        isInRoom,
        roomsWithoutAgent: [],
        roomsOfAgents: [],
      }).map(({ id }) => id);
    assert.deepEqual(find(14_999), []);
    assert.deepEqual(find(15_000), ['polling']);
    assert.deepEqual(find(30_000), ['polling', 'in-no-room']);
    assert.deepEqual(find(30_000, true), ['polling']);
  });

  it('sums up what no client should send: nested deep, too large, binary, a name that is a number', async (t) => {
    const app = await openTestServer(t);
    const watcher = await connect(t, app);
    const client = await connect(t, app);
    await watcher.ask('subscribe_wire', { socketId: client.socket.id });
    const depth = 20_000;
    client.socket.io.engine.write(`2["message",${'['.repeat(depth)}${']'.repeat(depth)}]`);
    client.socket.io.engine.write(`2["message",${'{"text":'.repeat(5_000)}1${'}'.repeat(5_000)}]`);
    client.socket.io.engine.write('2[7,{"text":1}]');
    client.socket.emit('message', Buffer.alloc(500));
    client.socket.emit('join', { roomId: 'x'.repeat(1_000_000) });
    client.socket.emit('mesage');
    const isLast = ({ event, direction }: Payload) => event === 'mesage' && direction === 'in';
    await watcher.until('wireEvent', ({ events }) => events.some(isLast));
    const seen = watcher.events.filter(({ event }) => event === 'wireEvent').flatMap(({ payload }) => payload.events);
    const refused = seen.filter(({ direction }) => direction === 'in');
    assert.deepEqual(refused.map(({ event }) => event).sort(), [
      '7',
      'join',
      'mesage',
      'message',
      'message',
      'message',
    ]);
    assert.ok(refused.some(({ bytes }) => bytes === 2 * depth));
    assert.equal((await findingsOf(app, client))['refused-payload'].severity, 'fault');
  });

  it('says how many events were left out for a watcher', async (t) => {
    const app = await openTestServer(t);
    const watcher = await connect(t, app);
    const client = await connect(t, app);
    await watcher.ask('subscribe_wire', { socketId: client.socket.id });
    // None of them waits for the disk, so they are answered in one go, each with two frames.
    for (let count = 0; count < 2_000; count++) client.socket.emit('mesage');
    const { events } = await watcher.until('wireEvent', ({ dropped }) => dropped > 0);
    assert.equal(events.length, 500);
  });
});
