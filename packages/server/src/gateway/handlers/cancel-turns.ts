/** Somebody wants the answers under way to stop. */
import { cancelAnswers } from '../../messaging/rooms/room-control.ts';
import type { Handler } from './handler.ts';

export const cancelTurns: Handler<'cancel-turns'> = async ({ worker }, _socket, { messageId }, _manner, room) => ({
  result: { channelId: room.id, cancelled: await cancelAnswers(worker.cancel, room, messageId) },
});
