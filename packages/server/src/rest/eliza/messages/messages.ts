/** Messages of a channel. */
import type { messageRows } from 'elizad-protocol/rest';
import { deleteMessage } from '../../../messaging/posts/delete-message.ts';
import type { RestHandlers } from '../../http/handler.ts';
import { followHandlers } from './follow.ts';
import { historyHandlers } from './history.ts';
import { sendHandlers } from './send.ts';

export const messageHandlers: RestHandlers<typeof messageRows> = {
  ...historyHandlers,
  ...sendHandlers,
  ...followHandlers,
  'delete-message': async ({ messaging, cancelTurns }, { principal, params }) => {
    await deleteMessage(messaging, cancelTurns, principal, params.channelId, params.messageId);
    return { success: true };
  },
};
