/** Whoever has come to know the resume id of a socket: without the key it does nothing, and nobody becomes another by it. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openClient, type StockClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const key = 'right-key-of-sixteen';

/** Somebody in a room, connected, and what a stock client comes back with. */
async function openVictim(t: TestContext, env: Record<string, string> = {}) {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: key, ...env });
  const entityId = crypto.randomUUID();
  const ada = openClient(t, url, { auth: { apiKey: key, entityId } });
  const roomId = crypto.randomUUID();
  await ada.ask('join', { roomId });
  await ada.ask('message', { roomId, text: 'Mine.' });
  const { _pid: pid, _lastOffset: offset } = ada.socket as unknown as { _pid: string; _lastOffset: string };
  return { url, ada, entityId, roomId, pid, offset };
}

const wasCut = ({ events }: StockClient) => events.some(({ event }) => event === 'disconnect');

test('a resume id with a wrong key, or none, does not throw off the socket it belongs to', async (t) => {
  const { url, ada, roomId, pid, offset } = await openVictim(t);
  for (const auth of [{}, { apiKey: 'wrong' }]) {
    const thief = openClient(t, url, { auth: { pid, offset, ...auth }, reconnection: false });
    assert.equal((await thief.until('connect_error')).data.code, 'unauthorized');
  }
  assert.equal((await ada.ask('message', { roomId, text: 'Still here.' })).ok, true);
  assert.equal(wasCut(ada), false);
});

test('who comes with the key and the id of another begins anew, as who it says it is', async (t) => {
  const { url, ada, roomId, pid, offset } = await openVictim(t);
  const entityId = crypto.randomUUID();
  const thief = openClient(t, url, { auth: { apiKey: key, pid, offset, entityId } });
  const welcome = await thief.until('connection_established');
  assert.deepEqual([welcome.resumed, welcome.entityId], [false, entityId]);
  await ada.ask('message', { roomId, text: 'Still here.' });
  assert.equal(wasCut(ada), false);
  assert.ok(!thief.events.some(({ event }) => event === 'messageBroadcast'));
});

test('who names the same one, in whatever case, or nobody, is back', async (t) => {
  const { url, ada, entityId, pid, offset } = await openVictim(t);
  ada.socket.io.engine.close();
  ada.socket.io.reconnection(false);
  for (const named of [{ entityId: entityId.toUpperCase() }, {}]) {
    const back = openClient(t, url, { auth: { apiKey: key, pid, offset, ...named }, reconnection: false });
    const welcome = await back.until('connection_established');
    assert.deepEqual([welcome.resumed, welcome.entityId], [true, entityId]);
  }
});
