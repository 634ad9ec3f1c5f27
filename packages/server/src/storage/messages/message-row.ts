/** A message as a row of the table, and back. */
import type { Message } from 'elizad-protocol';
import type { Insertable, Selectable, Updateable } from 'kysely';
import type { MessagesTable } from '../schema/tables.ts';

/** What the store knows of a message beside what everybody may see. */
export type Stored = {
  message: Message;
  clientMessageId: string | null;
  dedupeKey: string | null;
  position: number;
  completedAt: number | null;
};

export function toRow({
  message,
  clientMessageId,
  dedupeKey,
  position,
  completedAt,
}: Stored): Insertable<MessagesTable> {
  return {
    position,
    id: message.id,
    channel_id: message.channelId,
    seq: message.seq,
    sender_id: message.senderId,
    sender_name: message.senderName,
    text: message.text,
    created_at: message.createdAt,
    source: message.source,
    thought: message.thought,
    actions: JSON.stringify(message.actions),
    attachments: JSON.stringify(message.attachments),
    metadata: JSON.stringify(message.metadata),
    in_reply_to: message.inReplyTo,
    client_message_id: clientMessageId,
    dedupe_key: dedupeKey,
    completed_at: completedAt,
    raw_message: message.rawMessage === undefined ? null : JSON.stringify(message.rawMessage),
  };
}

/** What of a message may change. */
export const toEdit = ({
  text,
  thought,
  actions,
  attachments,
  metadata,
  updatedAt,
  rawMessage,
}: Message): Updateable<MessagesTable> => ({
  text,
  thought,
  actions: JSON.stringify(actions),
  attachments: JSON.stringify(attachments),
  metadata: JSON.stringify(metadata),
  updated_at: updatedAt ?? Date.now(),
  raw_message: rawMessage === undefined ? null : JSON.stringify(rawMessage),
});

export function fromRow(
  row: Omit<Selectable<MessagesTable>, 'position' | 'completed_at' | 'client_message_id' | 'dedupe_key'> & {
    server_id: string;
  },
): Message {
  return {
    id: row.id,
    channelId: row.channel_id,
    serverId: row.server_id,
    seq: row.seq,
    senderId: row.sender_id,
    senderName: row.sender_name,
    text: row.text,
    createdAt: row.created_at,
    source: row.source,
    thought: row.thought,
    actions: JSON.parse(row.actions),
    attachments: JSON.parse(row.attachments),
    metadata: JSON.parse(row.metadata),
    inReplyTo: row.in_reply_to,
    ...(row.updated_at !== null && { updatedAt: row.updated_at }),
    ...(row.raw_message !== null && { rawMessage: JSON.parse(row.raw_message) }),
  };
}
