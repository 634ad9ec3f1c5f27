/** Somebody says yes or no to what an agent asked before it acts. */
import { answerApproval as answer } from '../../messaging/posts/approvals.ts';
import type { Handler } from './handler.ts';

export const answerApproval: Handler<'answer-approval'> = async ({ messaging }, socket, intent) => {
  await answer(messaging, socket.data.principal, intent);
  const { channelId, approvalId, approved } = intent;
  return { result: { channelId, approvalId, approved } };
};
