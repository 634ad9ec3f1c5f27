/** Messages of a channel. */
import type { messageRows } from 'elizad-protocol/rest';
import { deleteMessage } from '../messaging/delete-message.ts';
import type { RestHandlers } from './handler.ts';
import { followHandlers } from './messages/follow.ts';
import { historyHandlers } from './messages/history.ts';
import { sendHandlers } from './messages/send.ts';

export const messageHandlers: RestHandlers<typeof messageRows> = {
  ...historyHandlers,
  ...sendHandlers,
  ...followHandlers,
  'delete-message': async ({ messaging, cancelTurns }, { principal, params }) => {
    await deleteMessage(messaging, cancelTurns, principal, params.channelId, params.messageId);
    return { success: true };
  },
};
