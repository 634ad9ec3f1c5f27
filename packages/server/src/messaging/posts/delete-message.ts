/**
 * Deleting a message, by the same path as everything that is said (stop 4 of the walk): one transaction, then the room
 * is told. Its number is not used again; a turn that it caused ends, and what agents learned from it is forgotten.
 */
import { ElizadError } from 'elizad-protocol';
import { assertMayDelete, assertScope } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { findSenderId, listMessageIdsOf } from '../../storage/journal/deletions.ts';
import type { Room } from '../ground/access.ts';
import { announceEntries } from '../ground/announce.ts';
import type { CancelTurns, Messaging } from '../ground/context.ts';
import { deleteLetGoFiles } from '../media/files.ts';

/**
 * Resolves when the message is gone from the disk, and the room has heard of it. `cancelTurns` stops the models that
 * answer it; a turn that is still open then ends with the message, as `cancelled`.
 * Throws `message-not-found`, also for one that was deleted before, `not-the-sender` and `missing-scope`.
 */
export async function deleteMessage(
  messaging: Messaging,
  cancelTurns: CancelTurns,
  principal: Principal,
  channelId: string,
  messageId: string,
): Promise<void> {
  const { database, log, channels, agents } = messaging;
  assertScope(principal, 'chat');
  const deletes = { channelId, messageId };
  const senderId = await findSenderId(database.db, deletes);
  const channel = await channels.find(channelId);
  if (senderId === undefined || !channel) throw new ElizadError('message-not-found', { roomId: channelId });
  assertMayDelete(principal, senderId, channel, agents);
  await cancelTurns(channelId, messageId);
  const { duplicate } = await log.write({ kind: 'deletion', ...deletes }, ({ entries }) => {
    announceEntries(messaging, entries);
  });
  if (duplicate) throw new ElizadError('message-not-found', { roomId: channelId });
  await deleteLetGoFiles(messaging);
}

/** Messages that are deleted at one time: others wait for as long. */
const page = 20;

/**
 * Deletes what somebody has said in a channel, each message as `deleteMessage` does; returns how many there were.
 * Throws `not-the-sender`.
 */
export async function deleteMessagesOf(
  messaging: Messaging,
  cancelTurns: CancelTurns,
  principal: Principal,
  room: Room<'write'>,
  senderId: string,
): Promise<number> {
  const { database, agents } = messaging;
  const channelId = room.id;
  assertMayDelete(principal, senderId, room, agents);
  const upTo = room.lastSeq;
  let deleted = 0;
  for (;;) {
    const ids = await listMessageIdsOf(database.db, channelId, senderId, upTo, page);
    const done = await Promise.all(
      ids.map((id) =>
        deleteMessage(messaging, cancelTurns, principal, channelId, id).then(
          () => 1,
          (error) => {
            // Somebody else was faster.
            if (error instanceof ElizadError && error.code === 'message-not-found') return 0;
            throw error;
          },
        ),
      ),
    );
    deleted += done.reduce((sum, one) => sum + one, 0);
    if (ids.length < page) return deleted;
  }
}
