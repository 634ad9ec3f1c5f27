/** Who and what is where: entities, components, worlds, rooms, participants, relationships. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ada, agentId, ben, makeId, open, otherRoom, room, world } from './support/open.ts';

const namesOf = (entities: readonly { names: string[] }[]) => entities.map(({ names }) => names[0]).sort();

describe('entities and components', () => {
  test('entities are made once, all or none, and updated as a whole', async (t) => {
    const { adapter } = await open(t);
    const carol = makeId();
    assert.equal(await adapter.createEntities([{ id: ada, names: ['Other'], agentId }]), true);
    assert.equal(await adapter.createEntities([]), false);
    const bad = { id: 'carol', names: [], agentId };
    assert.equal(await adapter.createEntities([{ id: carol, names: ['Carol'], agentId }, bad]), false);
    assert.deepEqual(await adapter.getEntitiesByIds([carol]), []);
    assert.equal(await adapter.createEntities([{ id: carol, names: new Set(['Carol', 7]), agentId }]), true);
    const [one] = await adapter.getEntitiesByIds([carol.toUpperCase()]);
    assert.deepEqual([one?.names, one?.metadata, one?.components], [['Carol', '7'], {}, []]);
    assert.ok(one?.createdAt instanceof Date);
    assert.deepEqual(namesOf(await adapter.getEntitiesByIds([ada, ben, makeId()])), ['Ada', 'Ben']);
    await adapter.updateEntity({ id: ada, names: 'Lovelace', metadata: { born: 1815 }, agentId });
    const [changed] = await adapter.getEntitiesByIds([ada]);
    assert.deepEqual([changed?.names, changed?.metadata], [['Lovelace'], { born: 1815 }]);
    assert.deepEqual(namesOf(await adapter.getEntitiesByNames({ names: ['Ben', 'Zoe'], agentId })), ['Ben']);
    assert.deepEqual(namesOf(await adapter.searchEntitiesByName({ query: 'LACE', agentId })), ['Lovelace']);
  });

  test('components are found by type, world and source, and come with their entity', async (t) => {
    const { adapter } = await open(t);
    const [first, second] = [makeId(), makeId()];
    const common = { entityId: ada, agentId, roomId: room, type: 'mood' };
    assert.equal(await adapter.createComponent({ id: first, ...common, data: { joy: 1 } }), true);
    await adapter.createComponent({ id: second, ...common, worldId: world, sourceEntityId: ben, data: { joy: 2 } });
    await assert.rejects(adapter.createComponent({ id: first, ...common }), /UNIQUE/);
    await assert.rejects(adapter.createComponent({ id: makeId(), ...common, roomId: makeId() }), /FOREIGN KEY/);
    assert.equal((await adapter.getComponent(ada, 'mood'))?.id, first);
    assert.equal((await adapter.getComponent(ada, 'mood', world, ben))?.id, second);
    assert.equal(await adapter.getComponent(ada, 'mood', makeId()), null);
    assert.equal((await adapter.getComponent(ada, 'mood'))?.worldId, '');
    await adapter.updateComponent({ id: first, ...common, data: { joy: 3 } });
    const [entity] = await adapter.getEntitiesForRoom(room, true);
    assert.deepEqual(
      entity?.components?.map(({ data, worldId }) => [data, worldId]),
      [
        [{ joy: 3 }, null],
        [{ joy: 2 }, world],
      ],
    );
    assert.equal((await adapter.getEntitiesForRoom(room))[0]?.components, undefined);
    await adapter.deleteComponent(first);
    assert.equal((await adapter.getComponents(ada)).length, 1);
    await adapter.removeWorld(world);
    assert.deepEqual(await adapter.getComponents(ada), []);
  });
});

describe('worlds and rooms', () => {
  test('are made once; an update leaves what is not given', async (t) => {
    const { adapter } = await open(t);
    assert.equal(await adapter.createWorld({ id: world, agentId, name: 'Mars' }), world);
    assert.equal((await adapter.getWorld(world))?.name, 'Earth');
    const roles = { roles: { [ada]: 'OWNER' } };
    await adapter.updateWorld({ id: world, agentId, metadata: roles });
    const [one] = await adapter.getAllWorlds();
    assert.deepEqual([one?.name, one?.metadata, one?.messageServerId], ['Earth', roles, null]);
    const made = await adapter.createRooms([
      { id: room, source: 'x', type: 'DM' },
      { source: 'x', type: 'DM' },
    ]);
    assert.equal(made[0], room);
    assert.deepEqual(await adapter.createRooms([]), []);
    await assert.rejects(adapter.createRooms([{ id: makeId(), type: 'DM' } as never]), /NOT NULL/);
    await adapter.updateRoom({ id: room, messageServerId: world, name: null } as never);
    const [changed] = await adapter.getRoomsByIds([room]);
    assert.deepEqual(
      [changed?.name, changed?.type, changed?.serverId, changed?.messageServerId],
      [undefined, 'GROUP', world, world],
    );
    assert.deepEqual(await adapter.getRoomsByIds([]), []);
    await assert.rejects(adapter.getRoomsByIds(['general']), /"general" is not a UUID: make ids/);
  });

  test('a room goes with what was in it, and a world’s rooms together', async (t) => {
    const { adapter } = await open(t);
    for (const roomId of [room, otherRoom]) {
      await adapter.createMemory({ entityId: ada, roomId, content: { text: 'x' } }, 'messages');
      await adapter.log({ body: {}, entityId: ada, roomId, type: 'action' });
    }
    assert.equal((await adapter.getRoomsByWorld(world)).length, 2);
    await adapter.deleteRoom(room);
    assert.equal(await adapter.countMemories(room, false, 'messages'), 0);
    assert.deepEqual(await adapter.getParticipantsForRoom(room), []);
    assert.equal((await adapter.getLogs({})).length, 1);
    await adapter.deleteRoomsByWorldId(world);
    assert.deepEqual(await adapter.getRoomsByWorld(world), []);
    assert.equal(await adapter.countMemories(otherRoom, false, 'messages'), 0);
    assert.equal((await adapter.getEntitiesByIds([ada])).length, 1);
  });
});

describe('participants and relationships', () => {
  test('one is in a room once, follows it or not, and leaves', async (t) => {
    const { adapter } = await open(t);
    assert.equal(await adapter.addParticipantsRoom([ada], room), true);
    assert.deepEqual(await adapter.getParticipantsForRoom(room), [ada, ben]);
    assert.equal(await adapter.addParticipantsRoom([ada, makeId()], otherRoom), false);
    assert.deepEqual(await adapter.getParticipantsForRoom(otherRoom), [], 'all or none');
    assert.equal(await adapter.addParticipant(ada, otherRoom), true);
    assert.deepEqual(await adapter.getRoomsForParticipant(ada), [room, otherRoom]);
    assert.deepEqual((await adapter.getRoomsForParticipants([ada, ben])).sort(), [room, otherRoom]);
    assert.deepEqual(
      (await adapter.getParticipantsForEntity(ada)).map(({ entity }) => entity.id),
      [ada, ada],
    );
    assert.equal(await adapter.getParticipantUserState(room, ada), null);
    await adapter.setParticipantUserState(room, ada, 'MUTED');
    assert.equal(await adapter.getParticipantUserState(room, ada), 'MUTED');
    assert.equal(await adapter.isRoomParticipant(room, ada), true);
    assert.equal(await adapter.removeParticipant(ada, room), true);
    assert.equal(await adapter.removeParticipant(ada, room), false);
    assert.equal(await adapter.isRoomParticipant(room, ada), false);
  });

  test('a relationship is one of a pair, and found from both ends', async (t) => {
    const { adapter } = await open(t);
    const pair = { sourceEntityId: ada, targetEntityId: ben };
    assert.equal(await adapter.createRelationship({ ...pair, tags: ['friend', 'rival'] }), true);
    assert.equal(await adapter.createRelationship(pair), false);
    assert.equal(await adapter.createRelationship({ ...pair, targetEntityId: makeId() }), false);
    const found = await adapter.getRelationship(pair);
    assert.ok(found);
    assert.match(found.createdAt ?? '', /^\d{4}-.*Z$/);
    assert.equal(await adapter.getRelationship({ sourceEntityId: ben, targetEntityId: ada }), null);
    assert.equal((await adapter.getRelationships({ entityId: ben, tags: ['rival', 'x'] })).length, 1);
    assert.equal((await adapter.getRelationships({ entityId: ben, tags: ['x'] })).length, 0);
    await adapter.updateRelationship({ ...found, tags: ['x'], metadata: { since: 1 } });
    const [changed] = await adapter.getRelationships({ entityId: ada });
    assert.deepEqual([changed?.tags, changed?.metadata], [['x'], { since: 1 }]);
  });
});
