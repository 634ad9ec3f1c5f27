/** Answers are stopped, quiet is asked for, typing is shown and approvals are answered, over HTTP. */
import type { roomControlRows } from 'elizad-protocol/rest';
import { answerApproval } from '../../../messaging/posts/approvals.ts';
import { askForQuiet, cancelAnswers, showTyping } from '../../../messaging/rooms/room-control.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const roomControlHandlers: RestHandlers<typeof roomControlRows> = {
  'cancel-answers': async ({ cancelTurns }, { room, body: { messageId } }) => ({
    success: true,
    data: { channelId: room.id, cancelled: await cancelAnswers(cancelTurns, room, messageId) },
  }),
  'freeze-channel': async ({ messaging, cancelTurns }, { principal, room, body: { seconds } }) => ({
    success: true,
    data: { channelId: room.id, frozenUntil: await askForQuiet(messaging, cancelTurns, room, principal, seconds) },
  }),
  'set-typing': ({ messaging }, { principal, room, body }) => {
    showTyping(messaging, room, principal, body);
    return { success: true, data: { channelId: room.id } };
  },
  'answer-approval': async ({ messaging }, { principal, room, params: { approvalId }, body }) => {
    const { approved } = body;
    await answerApproval(messaging, room, principal, { approvalId, ...body });
    return { success: true, data: { channelId: room.id, approvalId, approved } };
  },
};
