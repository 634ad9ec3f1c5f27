/** Frames that no Socket.IO client sends, by hand: answered or cut off, and the server does not grow. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

async function openRaw(
  t: TestContext,
  url: string,
  isClient = true,
): Promise<{ socket: WebSocket; until(start: string): Promise<string> }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  t.after(() => socket.terminate());
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(String(data)));
  const until = async (start: string): Promise<string> => {
    for (;;) {
      const found = frames.find((frame) => frame.startsWith(start));
      if (found) return found;
      await once(socket, 'message', { signal: AbortSignal.timeout(10_000) });
    }
  };
  await until('0{');
  if (!isClient) return { socket, until };
  socket.send('40');
  await until('42["connection_established"');
  return { socket, until };
}

const roomId = crypto.randomUUID();
const large = `{"roomId":"${roomId}","text":"x","metadata":{"x":"${'x'.repeat(2_000_000)}"}}`;
const placeholder = `{"roomId":"${roomId}","text":"x","metadata":{"x":{"_placeholder":true,"num":0}}}`;

const answered: [name: string, frames: (string | Buffer)[], code: string][] = [
  ['large, with the namespace named', [`42/,1["message",${large}]`], 'payload-too-large'],
  ['large, with a space before the name', [`421[ "message",${large}]`], 'payload-too-large'],
  ['large, with a number for a name', [`421[2,${large}]`], 'payload-too-large'],
  ['binary, with the namespace named', [`451-/,1["message",${placeholder}]`, Buffer.alloc(100)], 'invalid-payload'],
  ['binary, with a number for a name', [`451-1[2,${placeholder}]`, Buffer.alloc(100)], 'invalid-payload'],
];

for (const [name, frames, code] of answered) {
  test(`${name}: ${code}, and the socket stays up`, async (t) => {
    const { url } = await openTestServer(t);
    const { socket, until } = await openRaw(t, url);
    for (const frame of frames) socket.send(frame);
    assert.match(await until('431['), new RegExp(`"code":"${code}"`));
    socket.send('422["request-world-state",{}]');
    assert.match(await until('432['), /"ok":true/);
  });
}

test('large or binary packets that are no events end the connection', async (t) => {
  const { url } = await openTestServer(t);
  for (const frame of [`43123456789012345["${'x'.repeat(2_000_000)}"]`, '461-1["x",{"_placeholder":true,"num":0}]']) {
    const { socket } = await openRaw(t, url);
    socket.send(frame);
    await once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
  }
});

test('whoever makes the server answer and does not read is cut off: foreign namespaces, pings', async (t) => {
  const { url } = await openTestServer(t, { MAX_BACKLOG_BYTES: '1000000' });
  const floods: ((socket: WebSocket) => void)[] = [
    (socket) => socket.send(`40/${'n'.repeat(100_000)},`),
    (socket) => socket.ping('x'.repeat(125)),
  ];
  for (const flood of floods) {
    const { socket } = await openRaw(t, url, false);
    socket.pause();
    let isOpen = true;
    const tcp = (socket as unknown as { _socket: NodeJS.EventEmitter })._socket;
    for (const event of ['close', 'error']) tcp.on(event, () => (isOpen = false));
    for (let sent = 0; isOpen; sent++) {
      assert.ok(sent < 3_000_000, 'never cut off');
      flood(socket);
      if (socket.bufferedAmount > 4_000_000) await new Promise(setImmediate);
    }
  }
  const client = openClient(t, url);
  assert.equal((await client.ask('message', { roomId, text: 'Still here.' })).ok, true);
});
