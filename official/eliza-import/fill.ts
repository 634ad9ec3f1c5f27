/** What a project may have remembered, written through plugin-sql: two agents, and something in each table. */
import { invoke } from '../eliza-adapter/calls.ts';
import {
  agentId,
  agents,
  components,
  entities,
  makeVector,
  memories,
  rooms,
  tasks,
  times,
  worlds,
} from '../eliza-adapter/pools.ts';
import type { Callable, openPluginSql } from '../eliza-adapter/sides.ts';

type PluginSql = Awaited<ReturnType<typeof openPluginSql>>;

export async function fill({ adapter, db }: PluginSql): Promise<void> {
  const settings = { secrets: { OPENAI_API_KEY: 'sk-of-the-project' }, avatar: 'a.png', ragKnowledge: true };
  const [, other] = agents;
  await invoke(adapter, 'createAgent', {
    id: agentId,
    name: 'Ada',
    bio: ['Counts.', 'it’s "quoted"'],
    settings,
    topics: ['sums'],
  });
  await invoke(adapter, 'createAgent', { id: other, name: 'Bo', bio: 'Listens.' });
  await makePlaces(adapter, other);
  await makeMemories(adapter);
  await invoke(adapter, 'setCache', 'it’s "a key"', { deep: [1, { a: 'Ünïcode 🙂' }] });
  await invoke(adapter, 'setCache', 'text', '{"a":1}');
  const task = { description: 'Later.', tags: ['queue', 'repeat'], metadata: { updateInterval: 5 } };
  await invoke(adapter, 'createTask', { id: tasks[0], name: 'T', roomId: rooms[0], worldId: worlds[0], ...task });
  for (let count = 1; count <= 25; count++)
    await invoke(adapter, 'log', {
      body: { runId: 'run', count },
      entityId: entities[0],
      roomId: rooms[count % 2],
      type: 'action',
    });
  // What the other agent has belongs to its own file.
  await db.execute(`INSERT INTO rooms (id, agent_id, source, type) VALUES ('${rooms[2]}', '${other}', 'test', 'DM')`);
  await db.execute(`INSERT INTO memories (id, type, content, entity_id, agent_id, room_id, "unique", metadata)
    VALUES ('${memories[5]}', 'messages', '{"text":"of Bo"}', '${entities[0]}', '${other}', '${rooms[2]}', true, '{}')`);
}

async function makePlaces(adapter: Callable, other: string | undefined): Promise<void> {
  for (const [index, id] of worlds.slice(0, 2).entries())
    await invoke(adapter, 'createWorld', {
      id,
      agentId,
      name: `World ${index}`,
      metadata: { ownership: { ownerId: entities[0] } },
    });
  const common = { source: 'discord', type: 'GROUP', worldId: worlds[0], channelId: 'channel', metadata: { a: [1] } };
  await invoke(
    adapter,
    'createRooms',
    rooms.slice(0, 2).map((id) => ({ id, name: id.slice(-1), ...common })),
  );
  const named = entities.map((id, index) => ({ id, names: [`name ${index}`, 'it’s "q"'], metadata: { index } }));
  await invoke(
    adapter,
    'createEntities',
    named.slice(0, 3).map((one) => ({ ...one, agentId })),
  );
  await invoke(
    adapter,
    'createEntities',
    named.slice(3).map((one) => ({ ...one, agentId: other })),
  );
  for (const room of rooms.slice(0, 2)) await invoke(adapter, 'addParticipantsRoom', entities.slice(0, 3), room);
  await invoke(adapter, 'setParticipantUserState', rooms[0], entities[1], 'MUTED');
  const place = { entityId: entities[0], agentId, roomId: rooms[0] };
  const component = {
    ...place,
    worldId: worlds[0],
    sourceEntityId: entities[1],
    type: 'profile',
    data: { a: { b: [null, 1] } },
  };
  await invoke(adapter, 'createComponent', { id: components[0], ...component });
  await invoke(adapter, 'createComponent', { id: components[1], ...place, type: 'plain', data: {} });
  const pair = { sourceEntityId: entities[0], targetEntityId: entities[1] };
  await invoke(adapter, 'createRelationship', { ...pair, tags: ['friend', 'it’s'], metadata: { since: 2020 } });
}

async function makeMemories(adapter: Callable): Promise<void> {
  const said = { entityId: entities[0], roomId: rooms[0], worldId: worlds[0] };
  for (const [index, id] of memories.slice(0, 3).entries()) {
    const content = { text: `said ${index} Ünïcode 🙂`, source: 'discord', nested: { list: [1, 'two'] } };
    const made = {
      ...said,
      id,
      content,
      createdAt: times[index],
      embedding: makeVector(index, 1),
      unique: index !== 1,
    };
    await invoke(adapter, 'createMemory', { ...made, metadata: { type: 'message', source: 'discord' } }, 'messages');
  }
  const document = { type: 'document', timestamp: 1 };
  await invoke(
    adapter,
    'createMemory',
    { ...said, id: memories[3], content: { text: 'a book' }, metadata: document },
    'documents',
  );
  // Entity of the other agent: it comes along.
  const fragment = { type: 'fragment', documentId: memories[3], position: 0 };
  const piece = { ...said, entityId: entities[3], id: memories[4], content: { text: 'a page' }, metadata: fragment };
  await invoke(adapter, 'createMemory', { ...piece, embedding: makeVector(4, 2) }, 'knowledge');
}

/** So many that an import can be cut off in the middle of them. */
export const fillUp = ({ db }: PluginSql, count: number) =>
  db.execute(`WITH more AS (
      INSERT INTO memories (id, type, created_at, content, entity_id, agent_id, room_id, world_id, "unique", metadata)
      SELECT gen_random_uuid(), 'facts', timestamp '2024-01-01' + n * interval '1 minute', jsonb_build_object('text', 'fact ' || n),
        '${entities[1]}', '${agentId}', '${rooms[1]}', '${worlds[0]}', true, '{"type":"custom"}' FROM generate_series(1, ${count}) n
      RETURNING id)
    INSERT INTO embeddings (id, memory_id, created_at, dim_384) SELECT gen_random_uuid(), id, now(),
      (SELECT array_agg(round(sin(k)::numeric, 6))::real[]::vector FROM generate_series(1, 384) k) FROM more`);
