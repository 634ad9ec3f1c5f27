/** Generated calls about what an agent remembers and does: memories, embeddings, cache, tasks, logs and runs. */
import fc from 'fast-check';
import { call, compound, invoke } from './calls.ts';
import {
  agentId,
  entities,
  idOf,
  idsOf,
  json,
  makeVector,
  memories,
  object,
  perhaps,
  perhapsNull,
  rooms,
  tags,
  tasks,
  time,
  word,
  worlds,
} from './pools.ts';

const table = fc.constantFrom('messages', 'messages', 'facts');
const text = fc.constantFrom('hello', 'hallo', 'hello world', 'HELLO', 'Grüße', '', '12');
const content = fc.oneof(
  text.map((one): unknown => ({ text: one })),
  object.map((one) => ({ ...one, text: 'hello' })),
  fc.constantFrom('{"text":"hello"}', 'no JSON', undefined, null),
);
const metadata = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, {}, { type: 'message', tags: ['a'] }, '{"type":"custom"}'),
  fc.record({ type: fc.constant('fragment'), documentId: fc.constantFrom(...memories), position: fc.nat(3) }),
  fc.constantFrom(
    { type: 'fragment' },
    { type: 'document' },
    { type: 'document', timestamp: 1 },
    { type: 'document', timestamp: null },
  ),
  object,
);
/** More, and less, alike than what makes a memory unique. */
const embedding = fc
  .tuple(fc.nat(1), fc.nat(1_000), fc.constantFrom(0, 0.2, 0.5, 0.8))
  .map(([seed, variant, mixed]) => makeVector(seed, variant, { mixed }));

const memory = fc.record(
  {
    id: idOf(memories),
    entityId: idOf(entities),
    roomId: idOf(rooms),
    content,
    worldId: perhapsNull(idOf(worlds)),
    agentId: fc.constantFrom(agentId, undefined),
    createdAt: perhaps(fc.oneof(time, time, fc.constant(0))),
    unique: fc.constantFrom(undefined, undefined, true, false),
    embedding: perhaps(embedding),
    metadata,
  },
  { requiredKeys: ['id', 'entityId', 'roomId', 'content'] },
);
/** One that both take. */
const plainMemory = fc
  .tuple(fc.constantFrom(...memories), fc.constantFrom(...rooms.slice(0, 2)), text, embedding, time)
  .map(([id, roomId, said, vector, createdAt]) => ({
    id,
    roomId,
    createdAt,
    entityId: entities[0],
    content: { text: said },
    embedding: vector,
  }));
const count = fc.constantFrom(undefined, undefined, 0, 1, 2, 10);
const filter = fc.record(
  {
    tableName: table,
    count,
    offset: fc.constantFrom(undefined, 0, 1, 2, -1),
    unique: fc.boolean(),
    start: time,
    end: time,
    roomId: idOf(rooms),
    worldId: idOf(worlds),
    agentId: fc.constantFrom(agentId, agentId, 'a0000000-0000-4000-8000-000000000009'),
    entityId: idOf(entities),
  },
  { requiredKeys: ['tableName'] },
);

export const memoryCalls = [
  call('createMemory', memory, table),
  call('createMemory', plainMemory, fc.constant('messages')),
  call('createMemory', plainMemory, table),
  call('updateMemory', fc.record({ id: idOf(memories), content, metadata, embedding }, { requiredKeys: ['id'] })),
  call('updateMemory', fc.record({ id: idOf(memories), content, embedding: fc.constant([1, 2]) })),
  call('deleteMemory', idOf(memories)),
  call('deleteManyMemories', idsOf(memories)),
  call('deleteAllMemories', idOf(rooms), table),
  call('getMemories', filter),
  call('getMemories', fc.record({ tableName: table, roomId: fc.constantFrom(...rooms), count })),
  call('getMemories', fc.record({ tableName: table, start: time, end: time }, { requiredKeys: ['tableName'] })),
  call('getMemoryById', idOf(memories)),
  call('getMemoriesByIds', idsOf(memories), perhaps(table)),
  call('getMemoriesByRoomIds', fc.record({ tableName: table, roomIds: idsOf(rooms), limit: count })),
  call(
    'getMemoriesByWorldId',
    fc.record({ worldId: idOf(worlds), count, tableName: table }, { requiredKeys: ['worldId'] }),
  ),
  call('countMemories', idOf(rooms), perhaps(fc.boolean()), fc.constantFrom('messages', 'facts', '', undefined)),
];

const search = fc.record(
  {
    tableName: table,
    embedding,
    match_threshold: fc.constantFrom(undefined, 0, 0.5, 0.9, 0.95),
    count: fc.constantFrom(undefined, 0, 1, 2, 10),
    unique: perhaps(fc.boolean()),
    roomId: idOf(rooms),
    worldId: idOf(worlds),
    entityId: idOf(entities),
  },
  { requiredKeys: ['tableName', 'embedding'] },
);

export const searchCalls = [
  call('createMemory', plainMemory, fc.constant('messages')),
  call('createMemory', plainMemory, fc.constant('messages')),
  call('createMemory', memory, table),
  call('updateMemory', fc.record({ id: idOf(memories), content, embedding }, { requiredKeys: ['id'] })),
  call('deleteMemory', idOf(memories)),
  call('searchMemories', search),
  call('searchMemories', fc.record({ tableName: fc.constant('messages'), embedding, count: fc.constantFrom(1, 5) })),
  call(
    'getCachedEmbeddings',
    fc.record({
      query_table_name: table,
      query_threshold: fc.nat(6),
      query_input: text,
      query_field_name: fc.constant('content'),
      query_field_sub_name: fc.constantFrom('text', 'text', 'a'),
      query_match_count: fc.constant(10),
    }),
  ),
  call('getMemories', fc.record({ tableName: fc.constant('messages'), unique: perhaps(fc.boolean()) })),
];

/** Embeddings of another length, which are not searched here. */
const longMemory = plainMemory.map((one) => ({ ...one, embedding: makeVector(1, 1, { length: 512 }) }));

export const lengthCalls = [
  compound(
    'createMemory with 512 numbers',
    async (adapter, [one]) => {
      await invoke(adapter, 'ensureEmbeddingDimension', 512);
      return invoke(adapter, 'createMemory', one, 'messages').finally(() =>
        invoke(adapter, 'ensureEmbeddingDimension', 384),
      );
    },
    longMemory,
  ),
  call('createMemory', plainMemory, fc.constant('messages')),
  call('updateMemory', fc.record({ id: fc.constantFrom(...memories), embedding })),
  call('getMemories', fc.record({ tableName: fc.constant('messages') })),
  compound(
    'getMemories with 512 numbers',
    async (adapter, [params]) => {
      await invoke(adapter, 'ensureEmbeddingDimension', 512);
      return invoke(adapter, 'getMemories', params).finally(() => invoke(adapter, 'ensureEmbeddingDimension', 384));
    },
    fc.record({ tableName: fc.constant('messages') }),
  ),
  call('getMemoryById', fc.constantFrom(...memories)),
  call('deleteMemory', fc.constantFrom(...memories)),
];

const key = fc.constantFrom('one', 'two', 'a:b/c', '');

export const cacheCalls = [
  call('setCache', key, fc.oneof(json, json, fc.constant(undefined))),
  call('getCache', key),
  call('deleteCache', key),
];

const task = fc.record(
  {
    id: idOf(tasks),
    name: fc.constantFrom('feed', 'sleep', 'feed', 'sleep', null),
    description: perhapsNull(word),
    roomId: perhapsNull(idOf(rooms)),
    worldId: perhapsNull(idOf(worlds)),
    entityId: perhaps(idOf(entities)),
    tags: perhapsNull(tags),
    metadata: perhapsNull(json),
    updatedAt: perhaps(time),
  },
  { requiredKeys: ['name', 'worldId'] },
);

const plainTask = fc.record({
  id: fc.constantFrom(...tasks),
  name: fc.constantFrom('feed', 'sleep'),
  roomId: fc.constantFrom(...rooms.slice(0, 2)),
  worldId: fc.constantFrom(...worlds),
  tags,
  metadata: object,
});

export const taskCalls = [
  call('createTask', task),
  call('createTask', plainTask),
  call('createTask', plainTask),
  call('getTasks', fc.record({ roomId: idOf(rooms), tags, entityId: idOf(entities) }, { requiredKeys: [] })),
  call('getTask', idOf(tasks)),
  call('getTasksByName', fc.constantFrom('feed', 'sleep')),
  call(
    'updateTask',
    idOf(tasks),
    task.map(({ id: _, ...rest }) => rest),
  ),
  call('deleteTask', idOf(tasks)),
];

const status = fc.constantFrom('started', 'completed', 'timeout', 'error', 'failed');
const logged = fc.oneof(
  fc.tuple(
    fc.constant('run_event'),
    fc.record(
      { status, messageId: fc.constantFrom(...memories), metadata: fc.constantFrom({}, { a: 1 }) },
      { requiredKeys: [] },
    ),
  ),
  fc.tuple(
    fc.constant('action'),
    fc.record({ result: fc.record({ success: fc.boolean() }), promptCount: fc.nat(3) }, { requiredKeys: [] }),
  ),
  fc.tuple(fc.constant('embedding_event'), fc.record({ status })),
  fc.tuple(fc.constantFrom('evaluator', 'useModel:TEXT_LARGE', 'other'), object),
);
const runId = fc.constantFrom(...memories.slice(0, 3), 'run', '', undefined);

export const logCalls = [
  ...Array.from({ length: 3 }, () =>
    compound(
      'log',
      async (adapter, [entityId, roomId, entry, run]) => {
        const [type, body] = entry as [string, object];
        const there = (await invoke(adapter, 'getRoomsByIds', [roomId])) as unknown[];
        const them = (await invoke(adapter, 'getEntitiesByIds', [entityId])) as unknown[];
        if (there.length === 0 || them.length === 0) return 'nobody there';
        return invoke(adapter, 'log', {
          entityId,
          roomId,
          type,
          body: { ...body, ...(run !== undefined && { runId: run }) },
        });
      },
      idOf(entities.slice(0, 3)),
      idOf(rooms),
      logged,
      runId,
    ),
  ),
  call(
    'getLogs',
    fc.record(
      {
        entityId: idOf(entities),
        roomId: idOf(rooms),
        type: fc.constantFrom('run_event', 'action', 'other'),
        count: fc.constantFrom(0, 1, 3),
        offset: fc.constantFrom(0, 1),
      },
      { requiredKeys: [] },
    ),
  ),
  compound(
    'deleteLog of',
    async (adapter, [index]) => {
      const logs = (await invoke(adapter, 'getLogs', { count: 20 })) as { id: string }[];
      await invoke(adapter, 'deleteLog', logs[index as number]?.id ?? memories[0]);
    },
    fc.nat(3),
  ),
  call(
    'getAgentRunSummaries',
    fc.record(
      {
        limit: fc.constantFrom(0, 1, 2, 50),
        roomId: idOf(rooms),
        status: fc.constantFrom('all', 'started', 'completed', 'error'),
        from: time,
      },
      { requiredKeys: [] },
    ),
  ),
];
