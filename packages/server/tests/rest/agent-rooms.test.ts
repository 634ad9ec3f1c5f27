/** Rooms of agents over HTTP: they are the channels themselves, so that what is said in them is heard there. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openAgentsServer } from '../support/agents-server.ts';
import { openClient } from '../support/stock-client.ts';

describe('rooms of agents over HTTP', () => {
  it('makes a room that people can talk in at once, and shows it as it was given', async (t) => {
    const server = await openAgentsServer(t);
    const { call, find, url } = server.open();
    const { id: agentId } = await find('Cleo');
    const params = { agentId };
    const me = crypto.randomUUID();
    const metadata = { any: { thing: [1, null] } };
    const body = { name: 'Ours', type: 'VOICE_DM', source: 'discord', entityId: me, metadata };
    const { status, body: made } = await call('create-room', { params, body, spelling: 1 });
    assert.equal(status, 201);
    const room = made.data;
    assert.deepEqual([room.type, room.source, room.metadata, room.agentId], ['VOICE_DM', 'discord', metadata, agentId]);
    assert.deepEqual(room.entities.map(({ id }) => id).sort(), [agentId, me].sort());
    const client = openClient(t, url, { auth: { entityId: me } });
    const { messageId } = await client.ask('message', { roomId: room.id, text: 'Hello' });
    const { outcome } = await client.until('messageComplete', (done) => done.messageId === messageId);
    assert.equal(outcome, 'answered');
    const { call: again } = await server.restart();
    const kept = await again('get-room', { params: { agentId, roomId: room.id } });
    assert.deepEqual({ ...kept.body.data, entities: [] }, { ...room, entities: [] });
  });

  it('has a world for a room, and finds rooms by it', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find } = open();
    const { id: agentId } = await find('Cleo');
    const params = { agentId };
    const plain = await call('create-room', { params, body: { name: 'Plain' } });
    assert.equal(plain.body.data.worldId, plain.body.data.serverId);
    const makeWorld = async (name: string) =>
      (await call('create-world', { params, body: { name } })).body.data.world.id;
    const [home, away] = [await makeWorld('Home'), await makeWorld('Away')];
    const inAway = await call('create-room', { params, body: { name: 'Far', worldId: away } });
    assert.deepEqual([inAway.body.data.worldId, inAway.body.data.worldName], [away, 'Away']);
    const list = async (query: Record<string, string | number>) =>
      (await call('list-rooms', { params, query })).body.data.rooms.map(({ name }) => name);
    assert.deepEqual([await list({ worldId: away }), await list({ worldId: home })], [['Far'], ['Plain']]);
    const first = (await call('list-rooms', { params, query: { limit: 1 } })).body.data.rooms;
    assert.deepEqual([...first.map(({ name }) => name), ...(await list({ before: first[0]?.id ?? '' }))].sort(), [
      'Far',
      'Plain',
    ]);
    const refuse = async (body: object) => (await call('create-room', { params, body })).body.error?.code;
    assert.equal(await refuse({ name: 'X', worldId: crypto.randomUUID() }), 'world-not-found');
    assert.equal(await refuse({ name: 'X', serverId: crypto.randomUUID() }), 'server-not-found');
    assert.equal(await refuse({ name: 'X', roomId: plain.body.data.id }), 'room-exists');
    assert.equal(await refuse({ type: 'DM' }), 'invalid-payload');
  });

  it('changes a room, and deletes it when the agent was the last in it', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find, url } = open();
    const { id: agentId } = await find('Cleo');
    const body = { name: 'Old', metadata: { a: 1 } };
    const roomId = (await call('create-room', { params: { agentId }, body })).body.data.id;
    const params = { agentId, roomId };
    const client = openClient(t, url);
    await client.ask('join', { roomId });
    const changed = await call('update-room', { params, body: { name: 'New', metadata: { b: 2 } } });
    assert.deepEqual([changed.body.data.name, changed.body.data.metadata], ['New', { b: 2 }]);
    await client.until('channelUpdated', (one) => one.channelId === roomId && one.updates.name === 'New');
    const headers = { 'x-entity-id': crypto.randomUUID() };
    assert.equal((await call('update-room', { params, headers, body: { name: 'Mine' } })).status, 403);
    const me = client.events.find(({ event }) => event === 'authenticated')?.payload.entityId;
    assert.equal((await call('delete-room', { params })).status, 204);
    assert.equal((await call('get-room', { params })).status, 404);
    assert.equal((await call('delete-room', { params })).status, 404);
    const details = await fetch(`${url}/api/messaging/channels/${roomId}/participants`);
    assert.match(await details.text(), new RegExp(me));
    const alone = (await call('create-room', { params: { agentId }, body })).body.data.id;
    assert.equal((await call('delete-room', { params: { agentId, roomId: alone } })).status, 204);
    assert.equal((await fetch(`${url}/api/messaging/channels/${alone}/details`)).status, 404);
    assert.equal((await call('get-room', { params: { agentId, roomId: crypto.randomUUID() } })).status, 404);
  });

  it('makes one room for several agents, and deletes such rooms of a server but no others', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find, url } = open();
    const { id: cleo } = await find('Cleo');
    const { body: made } = await call('create-agent', { body: { agent: { name: 'Ada', bio: [] } } });
    const ada = made.data.id;
    const messageServerId = '00000000-0000-0000-0000-000000000000';
    const params = { groupId: messageServerId };
    const group = await call('create-group', { params, body: { agentIds: [cleo, ada], name: 'Both' } });
    assert.equal(group.status, 201);
    assert.deepEqual(
      group.body.data.map(({ agentId, type }) => [agentId, type]),
      [
        [cleo, 'GROUP'],
        [ada, 'GROUP'],
      ],
    );
    const [{ id: roomId } = { id: '' }, other] = group.body.data;
    assert.equal(roomId, other?.id);
    const plain = (await call('create-room', { params: { agentId: cleo }, body: { name: 'Plain' } })).body.data.id;
    const clear = (groupId: string) => call('clear-group-memories', { params: { groupId } });
    assert.deepEqual([(await clear(roomId)).status, (await clear(messageServerId)).status], [204, 204]);
    assert.equal((await clear(plain)).status, 404);
    const client = openClient(t, url);
    await client.ask('join', { roomId });
    assert.equal((await call('delete-group', { params: { groupId: messageServerId } })).status, 204);
    await client.until('channelDeleted', (gone) => gone.channelId === roomId);
    const left = (await call('list-rooms', { params: { agentId: cleo } })).body.data.rooms;
    assert.deepEqual(
      left.map(({ name }) => name),
      ['Plain'],
    );
    assert.equal((await call('delete-group', { params: { groupId: roomId } })).status, 404);
    const nobody = await call('create-group', { params, body: { agentIds: [crypto.randomUUID()] } });
    assert.equal(nobody.body.error?.code, 'agent-not-found');
  });
});
