/**
 * Approvals: an agent asks the people of a room before it does something. The question is a message that everybody sees
 * and any device may answer; it holds across restarts, and when its time is over the default is the answer.
 */
import { ElizadError } from 'elizad-protocol';
import { chooseSpeaker } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import { findMessage } from '../../storage/messages/history.ts';
import {
  type ApprovalRow,
  findApprovalById,
  listLeftApprovals,
  listOpenApprovals,
  listOpenApprovalsOf,
} from '../../storage/turns/approvals.ts';
import type { TurnRow } from '../../storage/turns/turns.ts';
import type { Room } from '../ground/access.ts';
import type { Messaging } from '../ground/context.ts';
import { editMessage, postAside } from './agent-posts.ts';

/** What is asked: `question` in words for people, `deadline` in ms since the epoch. */
export type Ask = {
  agentName: string;
  callId: string;
  action: string;
  question: string;
  deadline: number;
  otherwise: 'approve' | 'deny';
};

/** Asks the room, and resolves when the question is stored and told. */
export async function askApproval(messaging: Messaging, turn: TurnRow, ask: Ask): Promise<void> {
  const { agentName, callId, action, question, deadline, otherwise } = ask;
  const aside = {
    senderId: turn.agent_id,
    senderName: agentName,
    text: question,
    source: 'agent_question',
    actions: [action],
    inReplyTo: null,
    metadata: { approval: { action, deadline, otherwise, state: 'open' } },
  };
  const { id: turn_id, channel_id } = turn;
  const open = { turn_id, call_id: callId, channel_id, deadline, otherwise, approved: null, answered_by: null };
  await postAside(messaging, turn.channel_id, aside, { approval: open });
  messaging.broadcast(
    'input-controlled',
    { channelId: turn.channel_id, action: 'enable_input' },
    { channelId: turn.channel_id },
  );
}

/**
 * A person's answer; the first one counts.
 * Throws `approval-not-found`, `approval-settled`, `not-a-participant`, `speaking-as-agent`, `reserved-voice`.
 */
export async function answerApproval(
  messaging: Messaging,
  room: Room<'write'>,
  principal: Principal,
  { approvalId, approved, entityId }: { approvalId: string; approved: boolean; entityId?: string | undefined },
): Promise<void> {
  const { database, agents } = messaging;
  const answerer = chooseSpeaker(principal, entityId, agents);
  if (!room.participants.has(answerer)) throw new ElizadError('not-a-participant');
  const approval = await findApprovalById(database.db, room.id, approvalId);
  if (!approval) throw new ElizadError('approval-not-found');
  if (!(await settle(messaging, approval, approved, answerer))) throw new ElizadError('approval-settled');
}

async function settle(
  messaging: Messaging,
  approval: ApprovalRow,
  approved: boolean,
  by: string | null,
  unanswered: 'expired' | 'withdrawn' = 'expired',
): Promise<boolean> {
  // It goes with its message.
  const message = await findMessage(messaging.database.db, approval.id);
  if (!message) return false;
  const state = by === null ? unanswered : approved ? 'approved' : 'denied';
  const asked = message.metadata.approval as object;
  const metadata = { approval: { ...asked, state, approved, answeredBy: by } };
  const { id, turn_id } = approval;
  const settlement = { id, turn_id, approved, answeredBy: by };
  if (!(await editMessage(messaging, { ...message, metadata }, settlement))) return false;
  messaging.wake(approval.channel_id, [message.senderId]);
  return true;
}

/** Takes back what a turn has asked: it ends before anybody has answered. */
export async function withdrawQuestions(messaging: Messaging, turnId: string): Promise<void> {
  for (const approval of await listOpenApprovalsOf(messaging.database.db, turnId))
    await settle(messaging, approval, false, null, 'withdrawn');
}

/** Takes back what a kill has left open of turns that have ended. */
export async function withdrawLeftQuestions(messaging: Messaging): Promise<void> {
  for (const approval of await listLeftApprovals(messaging.database.db))
    await settle(messaging, approval, false, null, 'withdrawn');
}

/** Questions that are looked at in one go. */
const page = 100;

/** Gives the default answer to questions whose time is over; resolves with the next deadline, if there is one. */
export async function settleOverdue(messaging: Messaging): Promise<number | undefined> {
  for (;;) {
    const open = await listOpenApprovals(messaging.database.db, page);
    const due = open.filter(({ deadline }) => deadline <= Date.now());
    for (const approval of due) await settle(messaging, approval, approval.otherwise === 'approve', null);
    if (due.length < page) return open[due.length]?.deadline;
  }
}
