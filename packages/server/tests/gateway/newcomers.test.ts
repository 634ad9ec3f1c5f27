/** Who has not connected yet may do nothing but connect: whatever else it sends costs others nothing. */
import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { floodConnects, openHandshake, openSilent, watchWaits } from '../support/connect-flood.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer } from '../support/test-server.ts';

const key = 'right-key-of-sixteen';

/** Frames to a WebSocket of its own; resolves when it is closed by the server, with what it answered. */
async function sendFrames(t: TestContext, url: string, frames: readonly string[]): Promise<string[]> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  t.after(() => socket.terminate());
  const answers: string[] = [];
  socket.on('message', (data) => answers.push(String(data)));
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
  await once(socket, 'message');
  for (const frame of frames) socket.send(frame);
  await closed;
  return answers;
}

const send = async (address: string, body: string): Promise<number> => {
  const answer = await fetch(address, { method: 'POST', body }).catch(() => undefined);
  return answer?.status ?? 0;
};

test('300,000 CONNECTs in one request, without the key: others do not notice, and the server does not grow', async (t) => {
  const server = await spawnServer(t, join(makeDir(t), 'data'), {
    ELIZAD_API_KEY: key,
    NODE_OPTIONS: '--max-old-space-size=256',
  });
  const residentMb = async () => {
    const answer = await fetch(`${server.url}/metrics`, { headers: { 'x-api-key': key } });
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())?.[1]) / 1e6;
  };
  await residentMb();
  const before = await residentMb();
  const waits = watchWaits(server.url);
  for (let round = 0; round < 2; round++) assert.notEqual(await floodConnects(server.url, 300_000), 200);
  const longestMs = await waits.stop();
  const grownMb = (await residentMb()) - before;
  // How long exactly is measured by `npm run prove:floods`: a machine that does other things makes everybody wait.
  assert.ok(longestMs < 3_000, `others waited ${longestMs} ms`);
  assert.ok(grownMb < 30, `${grownMb} MB more`);
  await openClient(t, server.url, { auth: { apiKey: key } }).until('connection_established');
});

test('one CONNECT at a time, few packets, small ones: who sends more is closed', async (t) => {
  const app = await openTestServer(t, { ELIZAD_API_KEY: key });
  for (const frames of [
    ['40', '40'],
    [`40{"apiKey":"${key}"}`, '40{}', '40{}'],
    Array<string>(17).fill('3'),
    Array<string>(17).fill('40/elsewhere,'),
    [`40{"x":"${'x'.repeat(20_000)}"}`],
  ]) {
    await sendFrames(t, app.url, frames);
    const address = await openHandshake(app.url);
    await send(address, frames.join('\x1e'));
    if (frames.length > 1) assert.equal(await send(address, '3'), 400, 'it is no connection any more');
  }
  assert.equal(await send(await openHandshake(app.url), `40{"x":"${'x'.repeat(20_000)}"}`), 413);
});

test('who is refused hears why, and its connection is closed', async (t) => {
  const app = await openTestServer(t, { ELIZAD_API_KEY: key });
  assert.match((await sendFrames(t, app.url, ['40{"apiKey":"wrong"}'])).at(-1) ?? '', /^44\{.*"code":"unauthorized"/);
  const address = await openHandshake(app.url);
  assert.equal(await send(address, '40'), 200);
  assert.match(await (await fetch(address)).text(), /^44\{.*"code":"unauthorized"/);
  assert.equal((await fetch(address)).status, 400);
  assert.equal(app.countConnections(), 0);
});

test('a stock client that is refused without a key connects with it on the same manager', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: key });
  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    const auth: Record<string, string> = {};
    const client = openClient(t, url, { transports, auth });
    client.socket.once('connect_error', () => {
      auth.apiKey = key;
      client.socket.connect();
    });
    await client.until('connection_established');
  }
});

test('who has connected may send large packets, and thousands in one request, by whatever way it came', async (t) => {
  const { url } = await openTestServer(t, { MAX_SENDS_PER_SECOND: '100000' });
  const roomId = crypto.randomUUID();
  for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
    const client = openClient(t, url, { transports });
    await client.until('connection_established');
    if (transports.length === 2 && client.socket.io.engine.transport.name === 'polling')
      await once(client.socket.io.engine as never, 'upgrade');
    const metadata = { x: 'x'.repeat(500_000) };
    assert.equal((await client.ask('message', { roomId, text: 'Hi', metadata })).ok, true);
    for (let sent = 0; sent < 3_000; sent++) client.socket.emit('typing', { roomId, isTyping: false });
    assert.equal((await client.ask('leave', { roomId })).ok, true);
  }
});

test('but no more packets in one request than can be looked at in a moment', async (t) => {
  const { url } = await openTestServer(t);
  const address = await openHandshake(url);
  assert.equal(await send(address, '40'), 200);
  await (await fetch(address)).text();
  await send(address, Array<string>(25_000).fill('3').join('\x1e'));
  assert.equal(await send(address, '3'), 400);
});

test('handshakes that go no further: few are kept, and a client from the same address finds a place', async (t) => {
  const app = await openTestServer(t);
  await openSilent(app.url, 2_000);
  assert.ok(app.countConnections() <= 1_000, `${app.countConnections()} are kept`);
  await openClient(t, app.url).until('connection_established');
});

test('one CONNECT that comes in many pieces is closed: each of them costs memory many times its bytes', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: key });
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`);
  t.after(() => socket.terminate());
  await once(socket, 'message');
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
  for (let piece = 0; piece < 1_000; piece++) socket.send('4', { fin: false });
  assert.equal((await closed)[0], 1008);
});

test('pings by the thousand, before a CONNECT or after: the connection is closed, and few are answered', async (t) => {
  const { url } = await openTestServer(t);
  for (const frames of [[], ['40']]) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`);
    t.after(() => socket.terminate());
    let pongs = 0;
    socket.on('pong', () => pongs++);
    await once(socket, 'message');
    for (const frame of frames) {
      socket.send(frame);
      await once(socket, 'message');
    }
    socket.ping();
    await once(socket, 'pong');
    const closed = once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
    for (let sent = 0; sent < 5_000; sent++) socket.ping();
    await closed;
    assert.ok(pongs < 500, `${pongs} were answered`);
  }
});

test('a connection that connects and leaves again and again has no more listeners than one that stays', async (t) => {
  const { url } = await openTestServer(t);
  const warnings: string[] = [];
  const warn = ({ message }: Error) => warnings.push(message);
  process.on('warning', warn);
  t.after(() => process.off('warning', warn));
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`);
  t.after(() => socket.terminate());
  await once(socket, 'message');
  const ask = async (frame: string, answer: RegExp) => {
    const answers = on(socket, 'message', { signal: AbortSignal.timeout(10_000) });
    socket.send(frame);
    for await (const [data] of answers) if (answer.test(String(data))) return;
  };
  for (let round = 0; round < 30; round++) {
    await ask('40', /^42\["connection_established"/);
    socket.send('41');
    // What is answered after it.
    await ask('40/elsewhere,', /^44/);
  }
  assert.deepEqual(warnings, []);
});

/** A connection of the network that asks for a WebSocket and was answered, and then keeps its half open. */
async function upgradeByHand(t: TestContext, url: string, path: string): Promise<Socket> {
  const { host, port } = new URL(url);
  const socket = connect({ port: Number(port), allowHalfOpen: true });
  t.after(() => socket.destroy());
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await once(socket, 'data');
  return socket;
}

/** Upgrades of a connection over long-polling that has one under way. */
async function upgradeInVain(t: TestContext, url: string, count: number): Promise<Socket[]> {
  const { pathname, search } = new URL((await openHandshake(url)).replace('=polling', '=websocket'));
  await upgradeByHand(t, url, pathname + search);
  return Promise.all(Array.from({ length: count }, () => upgradeByHand(t, url, pathname + search)));
}

test('an upgrade that is one too many may send no more than a newcomer', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: key });
  const [silent, loud] = (await upgradeInVain(t, url, 2)) as [Socket, Socket];
  const ends = [silent, loud].map((socket) => once(socket, 'end').then(() => socket));
  const frameOf1MB = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0]);
  loud.write(frameOf1MB);
  assert.equal(await Promise.race(ends), loud);
});

test('a stranger that keeps its half open holds no connection of the network', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: key });
  /** Resolves when the server has let go: what is written to it then is answered with a reset. */
  const isLetGo = async (socket: Socket) => {
    const reset = once(socket, 'error', { signal: AbortSignal.timeout(10_000) }).catch(([error]) => error);
    const knocking = setInterval(() => socket.write('\0'), 50);
    await reset.finally(() => clearInterval(knocking));
  };
  const [nowhere, noWebSocket, refused, ...inVain] = await Promise.all([
    upgradeByHand(t, url, '/elsewhere'),
    upgradeByHand(t, url, '/socket.io/?EIO=4&transport=polling'),
    upgradeByHand(t, url, '/socket.io/?EIO=4&transport=websocket'),
    ...(await upgradeInVain(t, url, 1)),
  ]);
  const connectFrame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]);
  refused.write(connectFrame);
  await Promise.all([nowhere, noWebSocket, refused, ...inVain].map(isLetGo));
});
