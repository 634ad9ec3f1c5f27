/** Everything that can be read of an agent through an adapter, in a form in which two of them can be compared. */
import assert from 'node:assert/strict';
import { invoke } from '../eliza-adapter/calls.ts';
import { agentId, components, entities, makeVector, memories, rooms, tasks, worlds } from '../eliza-adapter/pools.ts';
import type { Callable } from '../eliza-adapter/sides.ts';

const [one, two] = entities;
const search = { tableName: 'messages', match_threshold: 0.1, count: 10, roomId: rooms[0] };
const page = (tableName: string) => ({ tableName, roomId: rooms[tableName === 'facts' ? 1 : 0], count: 100_000 });

const calls: readonly (readonly [method: string, ...args: unknown[]])[] = [
  ['getAgent', agentId],
  ['getEntitiesByIds', entities],
  ['getEntitiesForRoom', rooms[0], true],
  ['getAllWorlds'],
  ...worlds.slice(0, 2).map((id) => ['getWorld', id] as const),
  ['getRoomsByIds', rooms.slice(0, 2)],
  ['getRoomsByWorld', worlds[0]],
  ['getRoomsForParticipant', one],
  ['getParticipantsForRoom', rooms[0]],
  ['getParticipantsForEntity', two],
  ['getParticipantUserState', rooms[0], two],
  ['getParticipantUserState', rooms[1], two],
  ['getComponents', one],
  ['getComponent', one, 'profile', worlds[0], two],
  ['getRelationship', { sourceEntityId: one, targetEntityId: two }],
  ['getRelationships', { entityId: one }],
  ...['messages', 'documents', 'knowledge', 'facts'].map((table) => ['getMemories', page(table)] as const),
  ['getMemoriesByIds', memories.slice(0, 5)],
  ['countMemories', rooms[1], false, 'facts'],
  ['searchMemories', { ...search, embedding: makeVector(1, 1) }],
  ['getCache', 'it’s "a key"'],
  ['getCache', 'text'],
  ['getTasks', { tags: ['queue'] }],
  ['getTask', tasks[0]],
  ['getLogs', { roomId: rooms[0], count: 100 }],
];

/** Which ids are there, beside what is read. */
export const identified = { agentId, components, tasks };

export async function readAll(adapter: Callable): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const [index, [method, ...args]] of calls.entries())
    all[`${index} ${method}`] = normalise(await invoke(adapter, method, ...structuredClone(args)), method);
  return all;
}

/** Throws with the first thing that differs: a difference of all of it would be gigabytes. */
export function assertSameReads(ours: Record<string, unknown>, theirs: Record<string, unknown>): void {
  for (const [call, result] of Object.entries(theirs)) {
    const [here, there] = [ours[call], result].map((value) => (Array.isArray(value) ? value : [value]));
    assert.equal(here?.length, there?.length, `${call}: how many`);
    for (const [index, one] of (there ?? []).entries()) {
      const [wanted, found] = [one, here?.[index]].map((value) => String(JSON.stringify(value)).slice(0, 1_000));
      assert.equal(found, wanted, `${call}: ${index}`);
      assert.ok(JSON.stringify(one) === JSON.stringify(here?.[index]), `${call}: ${index}, further on`);
    }
  }
}

/** Both are numbers of 32 bits, of which so many digits are kept here. */
const digits: Readonly<Record<string, number>> = { embedding: 6, similarity: 3 };

/** Lists without an order are in that of the heap there. */
const isOrdered = /^(getMemories|searchMemories|getLogs)$/;

function normalise(value: unknown, method: string, key = ''): unknown {
  if (value instanceof Date) return value.getTime();
  if (/^(createdAt|updatedAt)$/.test(key) && typeof value === 'string') return Date.parse(value);
  if (typeof value === 'number' && key in digits) return Number(value.toFixed(digits[key]));
  if (Array.isArray(value)) {
    const list = value.map((item) => normalise(item, method, key));
    if (key !== '' || isOrdered.test(method)) return list;
    return list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([name, field]) => field !== undefined && isCompared(method, name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, normalise(field, method, name)]));
}

/** The differences of the two adapters that stand in differences.ts: secrets, names of columns, numbers of logs. */
const isCompared = (method: string, name: string): boolean =>
  name !== 'secrets' &&
  !(method.startsWith('getRelationship') && name.includes('_')) &&
  !(method === 'getLogs' && name === 'id');
