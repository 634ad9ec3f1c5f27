/**
 * Conversations that were led elsewhere, and came with the first message of a room: in its metadata, as `conversation`, where
 * it came in by the door for them.
 */
import type { DoorSource } from 'elizad-protocol';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { jsonField } from '../engine/words.ts';
import type { Tables } from '../schema/tables.ts';

const words = z.object({ role: z.enum(['system', 'user', 'assistant']), text: z.string().max(200_000) });
const door: DoorSource = 'openai_api';
const conversation = z.array(words).max(100);

export type EarlierWords = z.output<typeof words>;

/** What came with a message, oldest first; empty for what is no conversation. */
export async function findConversation(db: Kysely<Tables>, messageId: string): Promise<EarlierWords[]> {
  const row = await db
    .selectFrom('messages')
    .select(jsonField('metadata', 'conversation').as('conversation'))
    .where('id', '=', messageId)
    .where('source', '=', door)
    .executeTakeFirst();
  return row?.conversation ? (conversation.safeParse(JSON.parse(row.conversation)).data ?? []) : [];
}
