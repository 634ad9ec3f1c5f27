/** Somebody says yes or no to what an agent asked before it acts. */
import { answerApproval as answer } from '../../messaging/posts/approvals.ts';
import type { Handler } from './handler.ts';

export const answerApproval: Handler<'answer-approval'> = async (
  { messaging },
  { data: { principal } },
  intent,
  _manner,
  room,
) => {
  const { channelId, approvalId, approved } = intent;
  await answer(messaging, room, principal, intent);
  return { result: { channelId, approvalId, approved } };
};
