/**
 * What an agent remembers or knows about a text: by its words (the index of the engine), and by its meaning where
 * there is an embedding; the two rankings become one by reciprocal rank fusion.
 */
import type { Kysely } from 'kysely';
import { listAskedWords, type Scope } from '../engine/memory-words.ts';
import { inNumbers, isSame, rankByWords } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';

export type Memory = {
  readonly row: number;
  readonly source: string | null;
  readonly text: string;
  readonly createdAt: number;
};

/** An embedding of length 1, and the model that made it: only memories of the same model are compared. */
export type Meaning = { readonly model: string; readonly vector: Float32Array };

export type Search = Scope & { readonly text: string; readonly limit: number; readonly meaning?: Meaning };

/** Newest memories whose meaning is compared: more take longer than an answer may wait. */
const mostCompared = 5_000;

/** Compared in one step of the program, so that nobody waits for all of them. */
const slice = 500;

/** Least cosine that counts: below, texts have nothing to do with each other, whatever the model. */
const leastCosine = 0.25;

/** Of both rankings, how deep they are fused, and how much a place at the top outweighs one further down. */
const depth = 40;
const smoothing = 60;

/** The memories in a scope that have most to do with a text, best first. Any text will do. */
export async function listRelevant(db: Kysely<Tables>, search: Search): Promise<Memory[]> {
  const { meaning, limit } = search;
  const byWords = await listByWords(db, search, meaning ? depth : limit);
  if (!meaning) return byWords;
  const byMeaning = await listByMeaning(db, search, meaning);
  const scores = new Map<number, number>();
  for (const ranking of [byWords.map(({ row }) => row), byMeaning])
    for (const [place, row] of ranking.entries()) scores.set(row, (scores.get(row) ?? 0) + 1 / (smoothing + place + 1));
  const best = [...scores].sort(([, a], [, b]) => b - a).slice(0, limit);
  const found = new Map(byWords.map((memory) => [memory.row, memory]));
  const others = best.flatMap(([row]) => (found.has(row) ? [] : row));
  for (const memory of await listRows(db, others)) found.set(memory.row, memory);
  return best.flatMap(([row]) => found.get(row) ?? []);
}

/** The newest memories in a scope, newest first. */
export const listNewest = (db: Kysely<Tables>, { agentId, channelId }: Scope, limit: number): Promise<Memory[]> =>
  memories(db)
    .where('agent_id', '=', agentId)
    .where(isSame('channel_id', channelId))
    .orderBy('row', 'desc')
    .limit(limit)
    .execute();

const memories = (db: Kysely<Tables>) =>
  db.selectFrom('memories').select(['row', 'source', 'text', 'created_at as createdAt']);

const listRows = (db: Kysely<Tables>, rows: readonly number[]): Promise<Memory[]> =>
  memories(db).where('row', 'in', inNumbers(rows)).execute();

async function listByWords(db: Kysely<Tables>, search: Search, limit: number): Promise<Memory[]> {
  const words = listAskedWords(search.text);
  if (words.length === 0) return [];
  return db
    .selectFrom(rankByWords(search, words).as('ranked'))
    .innerJoin('memories', 'memories.row', 'ranked.row')
    .select(['memories.row', 'memories.source', 'memories.text', 'memories.created_at as createdAt'])
    .where('agent_id', '=', search.agentId)
    .where(isSame('channel_id', search.channelId))
    .orderBy('ranked.rank')
    .limit(limit)
    .execute();
}

async function listByMeaning(
  db: Kysely<Tables>,
  { agentId, channelId }: Scope,
  { model, vector }: Meaning,
): Promise<number[]> {
  const found: { row: number; cosine: number }[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  for (let seen = 0; seen < mostCompared; seen += slice) {
    const rows = await db
      .selectFrom('memories')
      .select(['row', 'embedding'])
      .where('agent_id', '=', agentId)
      .where(isSame('channel_id', channelId))
      .where('embedding_model', '=', model)
      .where('row', '<', before)
      .orderBy('row', 'desc')
      .limit(slice)
      .execute();
    for (const { row, embedding } of rows) {
      const cosine = embedding ? multiply(vector, embedding) : 0;
      if (cosine >= leastCosine) found.push({ row, cosine });
    }
    if (rows.length < slice) break;
    before = rows.at(-1)?.row ?? 0;
    await new Promise(setImmediate);
  }
  return found
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, depth)
    .map(({ row }) => row);
}

/** 0 for one of another size: it is of another model by the same name. */
function multiply(vector: Float32Array, bytes: Uint8Array): number {
  if (bytes.byteLength !== vector.byteLength) return 0;
  const other =
    bytes.byteOffset % 4 === 0
      ? new Float32Array(bytes.buffer, bytes.byteOffset, vector.length)
      : new Float32Array(bytes.slice().buffer);
  let sum = 0;
  for (let index = 0; index < vector.length; index++) sum += (vector[index] as number) * (other[index] as number);
  return sum;
}
