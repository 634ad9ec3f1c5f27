/** `/websocket`, the address of the OpenAPI page: the same endpoint with an Upgrade header, an explanation without one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { assertUuid } from './shapes.ts';
import { overEachTransport, serverUrl } from './support.ts';

/** The first frame of a raw WebSocket, with a deadline. */
async function readFirstFrame(address: string): Promise<string> {
  const socket = new WebSocket(address.replace(/^http/, 'ws'));
  try {
    const [event] = (await once(socket, 'message', { signal: AbortSignal.timeout(10_000) })) as [MessageEvent];
    return String(event.data);
  } finally {
    socket.close();
  }
}

overEachTransport('/websocket', (wire) => {
  test('without an upgrade it answers 426 and says in JSON where to connect', async () => {
    const answer = await fetch(`${await serverUrl()}/websocket`);
    assert.equal(answer.status, 426);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    const text = await answer.text();
    assert.equal(typeof JSON.parse(text), 'object');
    assert.match(text, /socket\.io/i);
  });

  test('a raw WebSocket is greeted by Engine.IO', async () => {
    for (const address of ['/websocket', '/websocket?EIO=4&transport=websocket', '/websocket/']) {
      const frame = await readFirstFrame((await serverUrl()) + address);
      assert.match(frame, /^0\{/, address);
      const open = JSON.parse(frame.slice(1));
      assert.ok(typeof open.sid === 'string' && open.sid !== '');
      for (const key of ['pingInterval', 'pingTimeout', 'maxPayload']) assert.equal(typeof open[key], 'number', key);
    }
  });

  test('a stock client with this path works, and meets the one that came by /socket.io/', async (t) => {
    const ada = await wire.connect(t, { path: '/websocket', transports: ['websocket'] });
    const bob = await wire.connect(t);
    assertUuid(ada.id, 'the assigned id');
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    await ada.done('message', { roomId, text: 'over the other address' });
    assert.equal((await bob.until('messageBroadcast')).text, 'over the other address');
  });
});
