/**
 * Every difference between plugin-sql and the adapter of packages/eliza, with its reason. Those with `hide` are hidden in the
 * results of both sides, in this order; the others are in calls that are not generated.
 */
import { invoke } from './calls.ts';
import type { Callable } from './sides.ts';

export type Result = { value: unknown } | { threw: true };
type Hide = (result: unknown, call: { name: string; args: readonly unknown[] }, adapter: Callable) => unknown;
export type Difference = { readonly what: string; readonly why: string; readonly hide?: Hide };

type Fields = { [key: string]: unknown };
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Their rows are in the order of Postgres' heap, which changes when one is updated; ours are in that of their creation. */
const unordered = new Set([
  'getAgents',
  'getAllWorlds',
  'getComponents',
  'getEntitiesByIds',
  'getEntitiesForRoom',
  'getParticipantsForEntity',
  'getParticipantsForRoom',
  'getRelationships',
  'getRoomsByIds',
  'getRoomsByWorld',
  'getRoomsForParticipant',
  'getRoomsForParticipants',
  'getTasks',
  'getTasksByName',
]);
const ofParticipants = /^get(ParticipantsFor|RoomsForParticipant$|EntitiesForRoom)/;

export const differences: readonly Difference[] = [
  {
    what: 'which component, of several that fit, getComponent gives',
    why: 'plugin-sql takes the first that Postgres finds; ours is the oldest',
    hide: async (result, { name, args: [entityId, type, worldId, sourceEntityId] }, adapter) => {
      if (name !== 'getComponent' || !result) return result;
      const all = (await invoke(adapter, 'getComponents', entityId, worldId, sourceEntityId)) as Fields[];
      return all.filter((one) => one.type === type).length > 1 ? 'one of several' : result;
    },
  },
  {
    what: 'a participant that is added again is there once',
    why: 'plugin-sql stores it again, and then lists it, its room and its components as often: a fault that nobody wants',
    hide: (result, { name }) =>
      ofParticipants.test(name) && Array.isArray(result) ? mapFields(unique(result), uniqueComponents) : result,
  },
  {
    what: 'getRelationships gives no names of columns beside those of fields',
    why: 'plugin-sql lets source_entity_id, target_entity_id, agent_id and created_at through, which core does not know',
    hide: (result, { name }) =>
      name === 'getRelationships'
        ? mapFields(result, (one) => Object.fromEntries(Object.entries(one).filter(([key]) => !key.includes('_'))))
        : result,
  },
  {
    what: 'secrets of an agent are not stored',
    why: 'core puts the whole environment of the process there; no secret is written to a disk',
    hide: (result, { name }) => {
      if (name !== 'getAgent' || !isFields(result) || !isFields(result.settings)) return result;
      const { secrets: _, ...settings } = result.settings;
      return { ...result, settings };
    },
  },
  {
    what: 'how long a run took',
    why: 'plugin-sql reads the end before the beginning, and then knows no time: null; ours is the time between them',
    hide: (result, { name }) =>
      name === 'getAgentRunSummaries' && isFields(result)
        ? { ...result, runs: mapFields(result.runs, ({ durationMs: _, ...run }) => run) }
        : result,
  },
  {
    what: 'the order of cached embeddings that are equally near',
    why: 'plugin-sql asks for none',
    hide: (result, { name }) => (name === 'getCachedEmbeddings' && Array.isArray(result) ? sort(result) : result),
  },
  {
    what: 'the components of an entity have no order either',
    why: 'as below',
    hide: (result, { name }) =>
      name.startsWith('getEntities') || name === 'getParticipantsForEntity'
        ? mapFields(result, sortComponents)
        : result,
  },
  {
    what: 'lists without an order',
    why: 'plugin-sql asks for none, so Postgres gives rows as they lie; ours are in the order of their creation',
    hide: (result, { name }) => (unordered.has(name) && Array.isArray(result) ? sort(result) : result),
  },
  {
    what: 'rows may name an agent that is not in the file',
    why: 'agents of one project have a file each, where plugin-sql has one database for all; so no row is refused for it, and no other agent’s rows are seen',
  },
  {
    what: 'createRooms of no rooms gives no ids',
    why: 'plugin-sql throws after three attempts, since drizzle takes no empty list',
  },
  {
    what: 'a time of creation may be a number, a text or a Date',
    why: 'plugin-sql throws where an entity, room or world is given with a number, although core’s own types have numbers',
  },
  {
    what: 'texts may contain NUL and halves of surrogate pairs',
    why: 'Postgres refuses them, and plugin-sql with them; logs lose the NUL there',
  },
  {
    what: 'logs are stored as they are given',
    why: 'plugin-sql doubles backslashes, stores dates as {}, and null for an object that occurs twice; ours has null only for an object within itself',
  },
  {
    what: 'a log may name an entity or a room that does not exist',
    why: 'core does not wait for logs, so a refusal ends the process as an unhandled rejection; ours go with their room and entity as theirs do',
  },
  {
    what: 'only the newest 10,000 logs are kept, and 50 MB of them; of a long field in one, the beginning and the end',
    why: 'nobody deletes logs, and core writes whole states into them: 240 kB in each turn',
  },
  {
    what: 'a memory whose embedding has the wrong length is not stored at all',
    why: 'plugin-sql throws as well, but has already stored the memory without it',
  },
  {
    what: 'embeddings may have any length',
    why: 'plugin-sql has columns for six lengths, and fails on every call with another',
  },
  {
    what: 'to search with an embedding of the wrong length throws wherever the table has embeddings',
    why: 'plugin-sql throws only where the rest of the filter lets a row through',
  },
  {
    what: 'an embedding of zeros is like nothing, and one of another length is not found',
    why: 'in Postgres their similarity is NaN and NULL, which come first, before the nearest',
  },
  {
    what: 'cached embeddings of long texts',
    why: 'Postgres compares no text over 255 bytes, and plugin-sql then throws for the whole table; ours leaves such texts out',
  },
  {
    what: 'the embedding of a memory is that of the moment in which it is asked for',
    why: 'hardly anybody asks: to read it with each memory takes four times as long',
  },
  {
    what: 'createMemory does not write `unique` into the memory that it is given',
    why: 'plugin-sql does, as a side effect',
  },
  {
    what: 'content or metadata that is JSON of a text',
    why: 'plugin-sql reads JSON in that text again, or throws; no caller of core gives a text',
  },
  {
    what: 'a call that is refused fails at once',
    why: 'plugin-sql waits one to six seconds, tries again twice, and fails then (this test turns that off)',
  },
];

const print = (value: unknown): string => JSON.stringify(value) ?? 'undefined';
const sort = (list: readonly unknown[]): unknown[] =>
  [...list].sort((a, b) => (print(a) < print(b) ? -1 : print(a) > print(b) ? 1 : 0));
const unique = (list: readonly unknown[]): unknown[] => [...new Map(list.map((one) => [print(one), one])).values()];
const mapFields = (list: unknown, change: (one: Fields) => Fields): unknown =>
  Array.isArray(list) ? list.map((one) => (isFields(one) ? change(one) : one)) : list;

function changeComponents(one: Fields, change: (list: unknown[]) => unknown[]): Fields {
  if (isFields(one.entity)) return { ...one, entity: changeComponents(one.entity, change) };
  return Array.isArray(one.components) ? { ...one, components: change(one.components) } : one;
}
const sortComponents = (one: Fields): Fields => changeComponents(one, sort);
const uniqueComponents = (one: Fields): Fields => changeComponents(one, unique);
