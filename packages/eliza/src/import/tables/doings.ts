/** What an agent remembers and does: memories with their embeddings, cache, tasks and logs. */
import { toBlob, toVector } from '../../host/adapter/memories/vectors.ts';
import type { Row } from '../source.ts';
import { kinds, plainTable, type Table } from './table.ts';

const owned = 't.agent_id = $1::uuid';
const id = { kind: 'text' } as const;
const text = { kind: 'text' } as const;
const time = { kind: 'time', otherwise: 0 } as const;

const memories = plainTable({
  name: 'memories',
  owned,
  columns: {
    id,
    type: text,
    created_at: time,
    content: { kind: 'json', otherwise: '{}' },
    entity_id: id,
    agent_id: id,
    room_id: id,
    world_id: id,
    is_unique: { kind: 'flag', from: 'unique', otherwise: 1 },
    metadata: { kind: 'json', otherwise: '{}' },
  },
});

const dimensions = [384, 512, 768, 1024, 1536, 3072] as const;
const fillVector = (dimension: number) => `t.dim_${dimension} IS NOT NULL`;

/** A row has a vector of one length mostly, and may have several. */
const embeddings: Table = {
  name: 'embeddings',
  select: {
    memory: 't.memory_id::text',
    ...Object.fromEntries(dimensions.map((dimension) => [`dim_${dimension}`, `t.dim_${dimension}::text`])),
  },
  owned: `t.memory_id IN (SELECT m.id FROM memories m WHERE m.agent_id = $1::uuid) AND (${dimensions.map(fillVector).join(' OR ')})`,
  key: { column: 'id', type: 'uuid' },
  write(store, row) {
    let added = 0;
    for (const [dimension, vector] of vectorsOf(row))
      added += store.run(
        `INSERT INTO embeddings (memory, dimension, vector) SELECT row, ?, ? FROM memories WHERE id = ?
         ON CONFLICT DO NOTHING`,
        dimension,
        toBlob(toVector(JSON.parse(vector) as number[], dimension)),
        row.memory ?? null,
      );
    return Math.min(added, 1);
  },
  isThere: (store, row) =>
    vectorsOf(row).every(
      ([dimension]) =>
        store.find(
          'SELECT 1 FROM embeddings JOIN memories ON memories.row = memory WHERE memories.id = ? AND dimension = ?',
          row.memory ?? null,
          dimension,
        ) !== undefined,
    ),
};

const vectorsOf = (row: Row): [dimension: number, vector: string][] =>
  dimensions.flatMap((dimension) => {
    const vector = row[`dim_${dimension}`];
    return vector ? [[dimension, vector]] : [];
  });

const cache = plainTable({
  name: 'cache',
  owned,
  key: { column: 'key', type: 'text' },
  identity: ['key', 'agent_id'],
  columns: { key: text, agent_id: id, value: { kind: 'json', otherwise: 'null' }, created_at: time },
});

const tasks = plainTable({
  name: 'tasks',
  owned,
  columns: {
    id,
    name: text,
    description: text,
    room_id: id,
    world_id: id,
    agent_id: id,
    tags: { kind: 'texts' },
    metadata: { kind: 'json' },
    created_at: time,
    updated_at: time,
  },
});

/** Here a log has a number for an id, and the adapter keeps so many of them. */
const logs: Table = {
  name: 'logs',
  select: {
    created_at: kinds.time.sql('t.created_at'),
    entity_id: 't.entity_id::text',
    room_id: 't.room_id::text',
    type: 't.type',
    run_id: `t.body ->> 'runId'`,
    body: 't.body::text',
  },
  owned: 't.room_id IN (SELECT r.id FROM rooms r WHERE r.agent_id = $1::uuid)',
  key: { column: 'id', type: 'uuid' },
  newest: 10_000,
  write: (store, { created_at = null, entity_id = null, room_id = null, type = null, run_id = null, body = null }) =>
    store.run(
      'INSERT INTO logs (created_at, entity_id, room_id, type, run_id, body) VALUES (?, ?, ?, ?, ?, ?)',
      Number(created_at),
      entity_id,
      room_id,
      type,
      run_id,
      body,
    ),
  isThere: (store, { created_at = null, entity_id = null, room_id = null, type = null, body = null }) =>
    store.find(
      'SELECT 1 FROM logs WHERE created_at = ? AND entity_id = ? AND room_id = ? AND type = ? AND body = ?',
      Number(created_at),
      entity_id,
      room_id,
      type,
      body,
    ) !== undefined,
};

export const doings: readonly Table[] = [memories, embeddings, cache, tasks, logs];
