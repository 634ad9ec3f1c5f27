/** Entities, worlds, rooms, and what connects them. Those of other agents that a row of the agent refers to come along. */
import { plainTable, type Table } from './table.ts';

const id = { kind: 'text' } as const;
const text = { kind: 'text' } as const;
const json = { kind: 'json' } as const;
const time = { kind: 'time', otherwise: 0 } as const;
const ownAgent = { kind: 'text', otherwiseSql: '$1::text' } as const;
const none = { kind: 'json', otherwise: '{}' } as const;

const refersTo = (column: string, ...tables: readonly (readonly [table: string, column: string])[]): string =>
  [
    't.agent_id = $1::uuid',
    ...tables.map(([table, from]) => `t.${column} IN (SELECT o.${from} FROM ${table} o WHERE o.agent_id = $1::uuid)`),
  ].join(' OR ');

/** `server`: the column with the id of a server, which older versions call otherwise. */
export const listPlaces = (server: string): readonly Table[] => [
  plainTable({
    name: 'entities',
    owned: refersTo(
      'id',
      ['memories', 'entity_id'],
      ['participants', 'entity_id'],
      ['components', 'entity_id'],
      ['components', 'source_entity_id'],
      ['relationships', 'source_entity_id'],
      ['relationships', 'target_entity_id'],
    ),
    columns: {
      id,
      agent_id: ownAgent,
      created_at: time,
      names: { kind: 'texts', otherwise: '[]' },
      metadata: none,
    },
  }),
  plainTable({
    name: 'worlds',
    owned: refersTo('id', ['components', 'world_id']),
    columns: {
      id,
      agent_id: ownAgent,
      name: text,
      metadata: json,
      message_server_id: { kind: 'idOrNone', from: server },
      created_at: time,
    },
  }),
  plainTable({
    name: 'rooms',
    owned: refersTo('id', ['memories', 'room_id'], ['participants', 'room_id'], ['components', 'room_id']),
    columns: {
      id,
      agent_id: ownAgent,
      source: text,
      type: text,
      message_server_id: { kind: 'idOrNone', from: server },
      world_id: id,
      name: text,
      metadata: json,
      channel_id: text,
      created_at: time,
    },
  }),
  plainTable({
    name: 'participants',
    owned:
      '(t.agent_id = $1::uuid OR (t.agent_id IS NULL AND t.room_id IN (SELECT r.id FROM rooms r WHERE r.agent_id = $1::uuid))) AND t.room_id IS NOT NULL AND t.entity_id IS NOT NULL',
    // One is in a room once.
    identity: ['room_id', 'entity_id'],
    columns: { id, entity_id: id, room_id: id, agent_id: ownAgent, room_state: text, created_at: time },
  }),
  plainTable({
    name: 'components',
    owned: 't.agent_id = $1::uuid',
    columns: {
      id,
      entity_id: id,
      agent_id: id,
      room_id: id,
      world_id: id,
      source_entity_id: id,
      type: text,
      data: json,
      created_at: time,
    },
  }),
  plainTable({
    name: 'relationships',
    owned: 't.agent_id = $1::uuid',
    identity: ['source_entity_id', 'target_entity_id', 'agent_id'],
    columns: {
      id,
      source_entity_id: id,
      target_entity_id: id,
      agent_id: id,
      tags: { kind: 'texts' },
      metadata: json,
      created_at: time,
    },
  }),
];
