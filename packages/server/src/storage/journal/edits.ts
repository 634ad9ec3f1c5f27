/** Changes of messages. A changed message stands in place of the one before, whose `seq` it has. */
import type { Message } from 'elizad-protocol';
import type { Kysely } from 'kysely';
import { inList } from '../engine/words.ts';
import { insertFileUses } from '../kept/file-uses.ts';
import { fromRow, toEdit } from '../messages/message-row.ts';
import type { Tables } from '../schema/tables.ts';
import { type Settlement, settleApproval } from '../turns/approvals.ts';
import { type CommitGroup, nothingToDo, type Written } from './commit-group.ts';
import type { EntryRows, Range } from './entry.ts';
import { said } from './posts.ts';

/** A message was changed. Read back, it is as it is now. */
export type EditedEntry = {
  kind: 'edited';
  position: number;
  channelId: string;
  message: Message;
  clientMessageId: string | null;
};

export type EditJob = {
  edit: Message;
  /** The change is the answer to what the message has asked; where there was one before, nothing is written. */
  settles?: Settlement | undefined;
};

export async function writeEdit(
  { db, rows, takePlace }: CommitGroup,
  { edit, settles }: EditJob,
): Promise<Written<EditedEntry>> {
  if (settles && !(await settleApproval(db, settles))) return nothingToDo;
  const { id, channelId } = edit;
  const { numUpdatedRows } = await db.updateTable('messages').set(toEdit(edit)).where('id', '=', id).executeTakeFirst();
  // It was deleted meanwhile: it must not come back to those who hear the room.
  if (numUpdatedRows === 0n) return nothingToDo;
  await insertFileUses(db, { id, attachments: JSON.stringify(edit.attachments) });
  const position = takePlace();
  rows.edits.push({ position, channel_id: channelId, message_id: id });
  const entry = { kind: 'edited' as const, position, channelId, message: edit, clientMessageId: null };
  return { duplicate: false, entries: [entry] };
}

/** Changes of messages that were posted before the range; those in it are read as they are now. */
export async function listEdits(
  db: Kysely<Tables>,
  channelIds: readonly string[],
  { after, upTo, limit }: Range,
): Promise<EditedEntry[]> {
  const rows = await db
    .selectFrom('messages')
    .innerJoin('channels', 'channels.id', 'messages.channel_id')
    .innerJoin('edits', 'edits.message_id', 'messages.id')
    .selectAll('messages')
    .select(['channels.server_id', 'edits.position as edited_at'])
    .where('edits.channel_id', 'in', inList(channelIds))
    .where('edits.position', '>', after)
    .where('edits.position', '<=', upTo)
    .where('messages.position', '<=', after)
    .orderBy('edits.position')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    kind: 'edited',
    position: row.edited_at,
    channelId: row.channel_id,
    message: fromRow(row),
    clientMessageId: row.client_message_id,
  }));
}

export const editRows: EntryRows<EditedEntry> = { edited: said };
