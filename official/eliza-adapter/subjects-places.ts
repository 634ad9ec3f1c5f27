/** Generated calls about agents, and about who and what is where: entities, components, worlds, rooms, participants, relationships. */
import fc from 'fast-check';
import { call, compound, invoke } from './calls.ts';
import {
  agentId,
  agents,
  components,
  entities,
  idOf,
  idsOf,
  json,
  object,
  perhaps,
  perhapsNull,
  rooms,
  servers,
  tags,
  time,
  word,
  worlds,
} from './pools.ts';

const settings = fc.dictionary(
  fc.constantFrom('a', 'b', 'secrets'),
  fc.oneof(word, object, fc.constantFrom(null, 1, []), fc.dictionary(fc.constantFrom('a', 'b'), fc.constant(null))),
  { noNullPrototype: true },
);
const character = fc.record(
  {
    name: perhapsNull(word),
    username: perhapsNull(word),
    system: perhapsNull(word),
    bio: perhapsNull(fc.oneof(word, fc.array(word, { maxLength: 2 }))),
    topics: perhaps(fc.array(word, { maxLength: 2 })),
    messageExamples: perhaps(fc.constant([[{ name: 'a', content: { text: 'hi' } }]])),
    knowledge: perhaps(fc.constant(['x', { path: 'y' }])),
    plugins: perhapsNull(tags),
    style: perhaps(fc.constant({ all: ['short'] })),
    settings: perhaps(settings),
    secrets: perhaps(fc.constant({ KEY: 'x' })),
    templates: perhaps(fc.constant({ a: 'b' })),
    status: perhaps(fc.constant('active')),
    enabled: perhaps(fc.boolean()),
    createdAt: perhaps(time),
    updatedAt: perhaps(time),
  },
  { requiredKeys: [] },
);
const named = fc.tuple(character, word).map(([one, name]) => ({ ...one, name }));

export const agentCalls = [
  call('getAgent', idOf(agents)),
  call('getAgents'),
  call(
    'createAgent',
    fc.tuple(fc.oneof(named, named, character), idOf(agents)).map(([one, id]) => ({ ...one, id })),
  ),
  call('updateAgent', idOf(agents), character),
  call('updateAgent', fc.constant(agentId), fc.record({ settings })),
  call('deleteAgent', idOf(agents)),
  call('countAgents'),
];

const names = fc.oneof(fc.array(word, { maxLength: 3 }), fc.constantFrom('one', null, undefined, [1, 2]));
const entity = fc.record({
  id: idOf(entities),
  names,
  metadata: perhapsNull(json),
  agentId: fc.constantFrom(agentId, agentId, agentId, agentId, undefined),
});

export const entityCalls = [
  call('getEntitiesByIds', idsOf(entities)),
  call('getEntitiesForRoom', idOf(rooms), perhaps(fc.boolean())),
  call('createEntities', fc.array(entity, { maxLength: 3 })),
  call('updateEntity', entity),
  call('deleteEntity', idOf(entities)),
];

const component = fc.record({
  id: idOf(components),
  entityId: idOf(entities),
  agentId: fc.constant(agentId),
  roomId: idOf(rooms),
  worldId: perhapsNull(idOf(worlds)),
  sourceEntityId: perhapsNull(idOf(entities)),
  type: fc.constantFrom('mood', 'home'),
  data: perhapsNull(object),
  createdAt: perhaps(time),
});
const partOfComponent = fc.record(
  {
    id: idOf(components),
    entityId: idOf(entities),
    worldId: perhapsNull(idOf(worlds)),
    type: fc.constantFrom('mood', 'home'),
    data: perhapsNull(json),
  },
  { requiredKeys: ['id'] },
);

/** One that both take, unless there is one with that id. */
const plainComponent = fc.record({
  id: fc.constantFrom(...components),
  entityId: fc.constantFrom(...entities.slice(0, 2)),
  agentId: fc.constant(agentId),
  roomId: fc.constantFrom(...rooms.slice(0, 2)),
  worldId: fc.constantFrom(worlds[0], undefined),
  sourceEntityId: fc.constantFrom(...entities.slice(0, 2), undefined),
  type: fc.constantFrom('mood', 'home'),
  data: object,
});

export const componentCalls = [
  call('createComponent', component),
  call('createComponent', plainComponent),
  call('createComponent', plainComponent),
  call('createComponent', plainComponent),
  call('getComponent', idOf(entities), fc.constantFrom('mood', 'home'), perhaps(idOf(worlds)), perhaps(idOf(entities))),
  call('getComponents', idOf(entities), perhaps(idOf(worlds)), perhaps(idOf(entities))),
  call('updateComponent', partOfComponent),
  call('deleteComponent', idOf(components)),
];

const world = fc.record(
  {
    id: idOf(worlds),
    agentId: fc.constant(agentId),
    name: perhapsNull(word),
    metadata: perhapsNull(json),
    messageServerId: perhapsNull(idOf(servers)),
    serverId: perhaps(idOf(servers)),
  },
  { requiredKeys: ['agentId'] },
);
const room = fc.record(
  {
    id: idOf(rooms),
    name: perhapsNull(word),
    source: fc.constantFrom('discord', 'client_chat', 'discord', null),
    type: fc.constantFrom('GROUP', 'DM', 'GROUP', 'DM', undefined),
    channelId: perhapsNull(word),
    messageServerId: perhapsNull(idOf(servers)),
    serverId: perhaps(idOf(servers)),
    worldId: perhapsNull(idOf(worlds)),
    metadata: perhapsNull(json),
  },
  { requiredKeys: ['source', 'type'] },
);
const withId = <T extends object>(one: fc.Arbitrary<T>, pool: readonly string[]) =>
  fc.tuple(one, idOf(pool)).map(([rest, id]) => ({ ...rest, id }));

export const placeCalls = [
  call('createWorld', world),
  call('getWorld', idOf(worlds)),
  call('getAllWorlds'),
  call('updateWorld', withId(world, worlds)),
  call('removeWorld', idOf(worlds)),
  call('createRooms', fc.array(room, { minLength: 1, maxLength: 3 })),
  call(
    'createRooms',
    fc
      .record({ id: fc.constantFrom(...rooms), worldId: fc.constantFrom(...worlds) })
      .map((one) => [{ ...one, source: 'discord', type: 'GROUP' }]),
  ),
  call('getRoomsByIds', idsOf(rooms)),
  call('getRoomsByWorld', idOf(worlds)),
  call('updateRoom', withId(room, rooms)),
  call('deleteRoom', idOf(rooms)),
  call('deleteRoomsByWorldId', idOf(worlds)),
];

export const participantCalls = [
  call('addParticipantsRoom', idsOf(entities), idOf(rooms)),
  call('addParticipantsRoom', fc.constant(entities.slice(0, 2)), fc.constantFrom(...rooms.slice(0, 2))),
  call('addParticipant', idOf(entities), idOf(rooms)),
  call('removeParticipant', idOf(entities), idOf(rooms)),
  call('getParticipantsForEntity', idOf(entities)),
  call('getParticipantsForRoom', idOf(rooms)),
  call('isRoomParticipant', idOf(rooms), idOf(entities)),
  call('getRoomsForParticipant', idOf(entities)),
  call('getRoomsForParticipants', idsOf(entities)),
  call('getParticipantUserState', idOf(rooms), idOf(entities)),
  call('setParticipantUserState', idOf(rooms), idOf(entities), fc.constantFrom('FOLLOWED', 'MUTED', null)),
  call('getEntitiesForRoom', idOf(rooms), fc.boolean()),
];

const pair = fc.record({ sourceEntityId: idOf(entities), targetEntityId: idOf(entities) });

export const relationshipCalls = [
  call(
    'createRelationship',
    fc
      .tuple(pair, fc.record({ tags: perhaps(tags), metadata: perhapsNull(object) }))
      .map(([ids, one]) => ({ ...ids, ...one })),
  ),
  compound(
    'updateRelationship of',
    async (adapter, [ids, change]) => {
      const found = (await invoke(adapter, 'getRelationship', ids)) as object | null;
      if (found) await invoke(adapter, 'updateRelationship', { ...found, ...(change as object) });
    },
    pair,
    fc.record({ tags: perhaps(tags), metadata: perhapsNull(object) }),
  ),
  call('getRelationship', pair),
  call('getRelationships', fc.record({ entityId: idOf(entities), tags: perhaps(tags) })),
];
