/** Rows of what agents remember: facts of a room, and how far it was looked through; and their embeddings. */
import { hash } from 'node:crypto';
import type { Insertable, Kysely, Transaction } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { inList, isSame } from '../engine/words.ts';
import { createId } from '../schema/ids.ts';
import type { MemoriesTable, Tables } from '../schema/tables.ts';

/** An agent in a room. */
export type Place = { readonly agentId: string; readonly channelId: string };
/** `messageId`: the message that it was learned from; with that it goes. */
export type NewFact = { readonly messageId: string; readonly text: string };

/** A fact is the same whatever its case, punctuation and spaces. */
export const toDigest = (text: string): string => {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [text];
  return hash('sha256', words.join(' '), 'base64url').slice(0, 22);
};

/** What it takes to write memories. */
export type MemoryWriter = Pick<Engine, 'db' | 'insertRows' | 'indexWords'>;

/** Writes memories and their words, as part of the transaction. */
export async function insertMemoryRows(
  { insertRows, indexWords }: Omit<MemoryWriter, 'db'>,
  transaction: Transaction<Tables>,
  rows: readonly NewMemory[],
): Promise<void> {
  const numbers = await insertRows(transaction, 'memories', rows.map(toRow));
  const memories = rows.map(({ agent_id, channel_id = null, text }, index) => ({
    row: numbers[index] as number,
    scope: { agentId: agent_id, channelId: channel_id },
    text,
  }));
  await indexWords(transaction, memories);
}

export type NewMemory = Pick<MemoriesTable, 'agent_id' | 'kind' | 'text'> &
  Partial<Omit<Insertable<MemoriesTable>, 'row'>>;

const toRow = (row: NewMemory): Insertable<MemoriesTable> => ({
  id: createId(),
  channel_id: null,
  message_id: null,
  source: null,
  digest: null,
  created_at: Date.now(),
  embedding: null,
  embedding_model: null,
  ...row,
});

/**
 * Keeps what was learned up to a message, and that it was looked at, in one transaction. Left out are facts that are
 * known, and those whose message is gone. Of an agent in a room the newest `most` stay. Returns how many are new.
 */
export async function insertMemories(
  engine: MemoryWriter,
  { agentId, channelId }: Place,
  facts: readonly NewFact[],
  upToSeq: number,
  most: number,
): Promise<number> {
  return engine.db.transaction().execute(async (transaction) => {
    const rows = facts.map(({ messageId, text }) => ({
      agent_id: agentId,
      kind: 'fact' as const,
      channel_id: channelId,
      message_id: messageId,
      text,
      digest: toDigest(text),
    }));
    const there = await listThere(transaction, channelId, facts);
    const known = await listKnownDigests(
      transaction,
      { agentId, channelId },
      rows.map(({ digest }) => digest ?? ''),
    );
    const fresh = rows.filter(({ message_id, digest }) => {
      const isNew = there.has(message_id ?? '') && !known.has(digest ?? '');
      known.add(digest ?? '');
      return isNew;
    });
    await insertMemoryRows(engine, transaction, fresh);
    await transaction
      .insertInto('memory_progress')
      .values({ agent_id: agentId, channel_id: channelId, last_seq: upToSeq })
      .onConflict((conflict) => conflict.columns(['agent_id', 'channel_id']).doUpdateSet({ last_seq: upToSeq }))
      .execute();
    if (fresh.length > 0) await deleteBeyond(transaction, { agentId, channelId }, most);
    return fresh.length;
  });
}

/** Deletes all but the newest `most`. */
async function deleteBeyond(db: Kysely<Tables>, { agentId, channelId }: Place, most: number): Promise<void> {
  await db
    .deleteFrom('memories')
    .where('agent_id', '=', agentId)
    .where('channel_id', '=', channelId)
    .where('row', '<=', (eb) =>
      eb
        .selectFrom('memories as newer')
        .select('newer.row')
        .where('newer.agent_id', '=', agentId)
        .where('newer.channel_id', '=', channelId)
        .orderBy('newer.row', 'desc')
        .offset(most)
        .limit(1),
    )
    .execute();
}

async function listThere(db: Kysely<Tables>, channelId: string, facts: readonly NewFact[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('messages')
    .select('id')
    .where('id', 'in', inList(facts.map(({ messageId }) => messageId)))
    .where('channel_id', '=', channelId)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

async function listKnownDigests(db: Kysely<Tables>, place: Place, digests: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('memories')
    .select('digest')
    .where('agent_id', '=', place.agentId)
    .where('channel_id', '=', place.channelId)
    .where('digest', 'in', inList(digests))
    .execute();
  return new Set(rows.map(({ digest }) => digest ?? ''));
}

/** The `seq` of the last message of a room that an agent has looked at for facts; nothing when it never did. */
export async function findProgress(db: Kysely<Tables>, { agentId, channelId }: Place): Promise<number | undefined> {
  const row = await db
    .selectFrom('memory_progress')
    .select('last_seq')
    .where('agent_id', '=', agentId)
    .where('channel_id', '=', channelId)
    .executeTakeFirst();
  return row?.last_seq;
}

/** The `seq` after which the last `most` messages of a room come; 0 when there are no more. */
export async function findSeqBeforeLast(db: Kysely<Tables>, channelId: string, most: number): Promise<number> {
  const row = await db
    .selectFrom('messages')
    .select('seq')
    .where('channel_id', '=', channelId)
    .orderBy('seq', 'desc')
    .offset(most)
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** Memories of an agent that a model has not embedded yet, newest first. */
export const listUnembedded = (
  db: Kysely<Tables>,
  agentId: string,
  model: string,
  limit: number,
): Promise<{ row: number; text: string }[]> =>
  db
    .selectFrom('memories')
    .select(['row', 'text'])
    .where('agent_id', '=', agentId)
    .where((eb) => eb.not(isSame('embedding_model', model)))
    .orderBy('row', 'desc')
    .limit(limit)
    .execute();

/** Keeps embeddings; of what is gone meanwhile, nothing. */
export async function setEmbeddings(
  db: Kysely<Tables>,
  model: string,
  embeddings: readonly { row: number; embedding: Uint8Array }[],
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    for (const { row, embedding } of embeddings)
      await transaction
        .updateTable('memories')
        .set({ embedding, embedding_model: model })
        .where('row', '=', row)
        .execute();
  });
}

/** Whether an agent has memories that this model has embedded. */
export async function hasEmbeddings(db: Kysely<Tables>, agentId: string, model: string): Promise<boolean> {
  const row = await db
    .selectFrom('memories')
    .select('row')
    .where('agent_id', '=', agentId)
    .where('embedding_model', '=', model)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** A message as it is looked at for facts. */
export type Unseen = { id: string; seq: number; senderName: string; text: string; isOfPerson: boolean };

/** Messages of a room after a `seq`, oldest first. Whoever is no agent, and never was one here, is a person. */
export async function listUnseen(
  db: Kysely<Tables>,
  channelId: string,
  after: number,
  limit: number,
): Promise<Unseen[]> {
  const rows = await db
    .selectFrom('messages')
    .leftJoin('agents', 'agents.id', 'messages.sender_id')
    .select(['messages.id', 'seq', 'sender_name as senderName', 'text', 'agents.id as speaker'])
    .where('channel_id', '=', channelId)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ speaker, ...message }) => ({ ...message, isOfPerson: speaker === null }));
}
