/** A channel is changed over HTTP: whoever is in it hears how it is now, and who came and went. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { deriveId } from 'elizad-protocol';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

const eliza = await deriveId('Eliza');

async function open(t: TestContext, env: Record<string, string> = {}) {
  const { url } = await openTestServer(t, env);
  return { url, ...createRestClient(url) };
}

describe('a change of a channel', () => {
  it('is told to the room, with who came and went, and holds over a restart', async (t) => {
    const env = { ELIZAD_DATA: `${makeDir(t)}/data` };
    const app = await openTestServer(t, env);
    const { call } = createRestClient(app.url);
    const [me, bob] = [crypto.randomUUID(), crypto.randomUUID()];
    const headers = { 'x-entity-id': me };
    const { body: made } = await call('create-channel', {
      body: { name: 'Old', participants: [me, bob], metadata: { a: 1 } },
    });
    const channelId = made.data.id;
    const ada = openClient(t, app.url, { auth: { entityId: me } });
    await ada.ask('join', { roomId: channelId });
    const { status, body } = await call('update-channel', {
      params: { channelId },
      body: { name: 'New', participantCentralUserIds: [me, eliza], metadata: { b: [2] }, description: 'Changed.' },
      headers,
    });
    assert.equal(status, 200);
    assert.deepEqual([body.data.name, body.data.metadata, body.data.topic], ['New', { b: [2] }, 'Changed.']);
    assert.ok(body.data.updatedAt > body.data.createdAt);
    const told = await ada.until('channelUpdated');
    assert.deepEqual(told.updates, {
      name: 'New',
      type: 'GROUP',
      topic: 'Changed.',
      metadata: { b: [2] },
      participants: [me, eliza],
      updatedAt: Date.parse(body.data.updatedAt),
    });
    assert.equal((await ada.until('userLeft')).userId, bob);
    await ada.until('userJoined', ({ userId }) => userId === eliza);
    // What is left out stays.
    await call('update-channel', { params: { channelId }, body: { name: 'Newer' }, headers, spelling: 1 });
    await ada.until('channelUpdated', ({ updates }) => updates.name === 'Newer');
    ada.socket.emit('request-world-state', { roomId: channelId });
    const state = await ada.until('world-state');
    assert.deepEqual([state.channels[channelId].name, state.channels[channelId].participants], ['Newer', [me, eliza]]);
    await app.stop();
    const again = createRestClient((await openTestServer(t, env)).url);
    const { body: kept } = await again.call('get-channel', { params: { channelId } });
    assert.deepEqual([kept.data.name, kept.data.metadata.b, kept.data.topic], ['Newer', [2], 'Changed.']);
    const { body: present } = await again.call('list-channel-participants', { params: { channelId } });
    assert.deepEqual(present.data, [me, eliza]);
  });

  it('is told to who was away once, as it is by then', async (t) => {
    const { url, call } = await open(t);
    const ada = openClient(t, url);
    const roomId = crypto.randomUUID();
    await ada.ask('join', { roomId });
    await ada.ask('message', { roomId, text: 'hello' });
    ada.socket.io.reconnection(false);
    ada.socket.io.engine.close();
    await ada.until('disconnect');
    for (const name of ['one', 'two', 'three'])
      await call('update-channel', { params: { channelId: roomId }, body: { name } });
    ada.socket.connect();
    await ada.until('channelUpdated');
    assert.equal(ada.socket.recovered, true);
    await ada.ask('join', { roomId });
    const told = ada.events
      .filter(({ event }) => event === 'channelUpdated')
      .map(({ payload }) => payload.updates.name);
    assert.deepEqual(told, ['three']);
  });

  it('is for those in it, and for the holder of the key', async (t) => {
    const { call } = await open(t);
    const me = crypto.randomUUID();
    const stranger = { headers: { 'x-entity-id': crypto.randomUUID() } };
    const { body: made } = await call('create-channel', {
      body: { name: 'Mine', participants: [me, eliza], type: 'DM' },
    });
    const params = { channelId: made.data.id };
    const agentParams = { ...params, agentId: eliza };
    const refused = [
      await call('update-channel', { params, body: { name: 'x' }, ...stranger }),
      await call('delete-channel', { params, ...stranger }),
      await call('delete-central-channel', { params, ...stranger }),
      await call('clear-channel', { params, ...stranger }),
      await call('clear-central-channel', { params, ...stranger }),
      await call('add-channel-agent', { params, body: { agentId: eliza }, ...stranger }),
      await call('remove-channel-agent', { params: agentParams, ...stranger }),
      await call('generate-channel-title', { params, body: { agentId: eliza }, ...stranger }),
    ];
    for (const { status, body } of refused) assert.deepEqual([status, body.error?.code], [403, 'not-a-participant']);
    const nowhere = { params: { channelId: crypto.randomUUID() } };
    const missing = [
      await call('get-channel', nowhere),
      await call('get-central-channel', nowhere),
      await call('list-channel-participants', nowhere),
      await call('list-central-channel-participants', nowhere),
      await call('list-channel-agents', nowhere),
      await call('update-channel', { ...nowhere, body: {} }),
      await call('delete-channel', nowhere),
      await call('clear-central-channel', nowhere),
      await call('delete-messages-of', { ...nowhere, query: { userId: me } }),
      await call('generate-channel-title', { ...nowhere, body: { agentId: eliza } }),
    ];
    for (const { status, body } of missing) assert.deepEqual([status, body.error?.code], [404, 'channel-not-found']);
    assert.equal((await call('update-channel', { params, body: { name: '' } })).status, 400);
    assert.equal((await call('update-channel', { params, body: { name: 'Ours' } })).body.data.name, 'Ours');
  });
});
